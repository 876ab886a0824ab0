package io.holdfast.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A class is named after what it is or does: {@code -Info} and the like say neither. */
class ClassNamesTest {
    private static final Pattern EMPTY_WORD = Pattern.compile(".+(Info|Data|Helper|Utils?|Impl)");

    @Test
    void no_class_has_a_name_that_says_nothing() {
        JavaClasses classes = MainClasses.ALL;
        Set<String> found = new TreeSet<>();
        for (JavaClass type : classes) {
            boolean ofTheWire = type.getName().startsWith("io.holdfast.protocol.Field$"); // named by the schema
            if (!ofTheWire && EMPTY_WORD.matcher(type.getSimpleName()).matches()) {
                found.add(type.getSimpleName());
            }
        }
        assertThat(found).isEmpty();
        assertThat("StreamInfo").as("what the rule is about").matches(EMPTY_WORD);
    }
}
