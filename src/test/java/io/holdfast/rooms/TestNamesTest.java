package io.holdfast.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;

/** The name of a test is a sentence that can be read at a glance. */
class TestNamesTest {
    private static final int MAX_CHARACTERS = 79;

    @Test
    void a_name_of_a_test_has_fewer_than_80_characters() {
        Set<String> tests = new TreeSet<>();
        Set<String> tooLong = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(new ImportOption.OnlyIncludeTests())
                .importPackages("io.holdfast", "com.example")) {
            for (JavaMethod method : type.getMethods()) {
                if (method.isMetaAnnotatedWith(Testable.class)) {
                    tests.add(type.getName() + "." + method.getName());
                    if (method.getName().length() > MAX_CHARACTERS) {
                        tooLong.add(type.getSimpleName() + "." + method.getName());
                    }
                }
            }
        }
        assertThat(tests).as("the tests are found").hasSizeGreaterThan(1000);
        assertThat(tooLong).isEmpty();
    }
}
