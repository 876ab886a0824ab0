package io.holdfast.rooms;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

/** The classes of the product, which all rules read: they are imported once. */
final class MainClasses {
    static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.holdfast");

    static {
        if (ALL.size() < 400) {
            throw new AssertionError("only " + ALL.size() + " classes were found");
        }
    }

    private MainClasses() {}
}
