package io.holdfast.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Wall time, the steady clock and the ticks of {@code nanoTime} come from {@code app}, so that tests can move them and nobody takes the wrong one. */
class ClocksTest {
    @Test
    void nobody_but_app_and_the_tools_reads_the_systems_clock() {
        JavaClasses classes = MainClasses.ALL;
        List<String> inApp = new ArrayList<>();
        List<String> elsewhere = new ArrayList<>();
        for (JavaClass type : classes) {
            if (inRoom(type, "app")) {
                inApp.addAll(reads(type));
            } else if (Sources.TOOLS.stream().noneMatch(tool -> inRoom(type, tool))) {
                elsewhere.addAll(reads(type));
            }
        }
        assertThat(elsewhere).isEmpty();
        assertThat(inApp).as("what the rule is about").isNotEmpty();
    }

    @Test
    void every_way_of_reading_the_systems_clock_is_found() {
        List<String> found = reads(new ClassFileImporter().importClass(Reader.class));
        assertThat(found).hasSize(6);
    }

    /** How a class reads the clock of the system. */
    private static List<String> reads(JavaClass type) {
        List<String> found = new ArrayList<>();
        for (JavaAccess<?> access : type.getAccessesFromSelf()) {
            if (readsClock(access.getTarget())) {
                found.add(access.getDescription());
            }
        }
        for (JavaAccess<?> access : type.getCodeUnitReferencesFromSelf()) {
            if (readsClock(access.getTarget()) && !found.contains(access.getDescription())) {
                found.add(access.getDescription());
            }
        }
        return found;
    }

    private static boolean readsClock(AccessTarget target) {
        String owner = target.getOwner().getName();
        String name = target.getName();
        return (owner.equals("java.lang.System") && (name.equals("currentTimeMillis") || name.equals("nanoTime")))
                || (owner.startsWith("java.time.") && (name.equals("now") || name.startsWith("system")))
                || (owner.equals("java.util.Date")
                        && name.equals("<init>")
                        && target instanceof AccessTarget.CodeUnitAccessTarget made
                        && made.getRawParameterTypes().isEmpty());
    }

    private static boolean inRoom(JavaClass type, String room) {
        String name = type.getPackageName();
        return name.equals("io.holdfast." + room) || name.startsWith("io.holdfast." + room + ".");
    }

    /** Breaks the rule in each way. */
    @SuppressWarnings("unused")
    private static final class Reader {
        List<Object> read() {
            java.util.function.LongSupplier reference = System::currentTimeMillis;
            return List.of(
                    System.currentTimeMillis(),
                    System.nanoTime(),
                    java.time.Instant.now(),
                    Clock.systemUTC(),
                    new Date(),
                    reference);
        }
    }
}
