package io.holdfast.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps the circles within each package small: classes of a large one can only be read and changed all together. */
class CirclesTest {
    private static final int LARGEST = 4;

    @Test
    void no_circle_within_a_package_has_more_than_four_classes() {
        JavaClasses classes = MainClasses.ALL;
        Set<String> found = new Circles(classes)
                .largerThan(LARGEST).stream().map(CirclesTest::line).collect(Collectors.toSet());
        assertThat(found).isEmpty();
    }

    private static String line(SortedSet<String> circle) {
        String packageName = circle.first().substring(0, circle.first().lastIndexOf('.'));
        return circle.stream()
                .map(name -> name.substring(packageName.length() + 1))
                .collect(Collectors.joining(" ", packageName + ": ", ""));
    }

    @Test
    void a_circle_through_a_nested_class_is_found() {
        String base = "io.holdfast.rooms.fixture.circle";
        Circles circles = new Circles(new ClassFileImporter().importPackages(base));
        assertThat(circles.largerThan(2))
                .containsExactly(new TreeSet<>(Set.of(base + ".First", base + ".Second", base + ".Third")));
        assertThat(circles.largerThan(3)).isEmpty();
    }
}
