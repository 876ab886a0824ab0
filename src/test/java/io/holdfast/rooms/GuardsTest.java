package io.holdfast.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * In the inner rooms of delivery each field that changes is volatile or says what guards it, which Error Prone then checks.
 * Excepted are the classes named here: they have no lock of their own, and nothing but their owner reaches them.
 */
class GuardsTest {
    private static final String DELIVERY = "io.holdfast.delivery.";

    /** Reached only through fields of an outbox and of its connections that are guarded by the outbox's lock. */
    private static final Set<String> OF_AN_OUTBOX = Set.of(
            "outbox.Device",
            "outbox.DeviceConnection",
            "outbox.DeviceFailures",
            "outbox.Devices",
            "outbox.Unstored",
            "outbox.LongQueue",
            "outbox.MessageTally",
            "outbox.PoisonSuspect",
            "outbox.Window");

    private static final Set<String> OWNERS_IN_AN_OUTBOX = Set.of("outbox.Outbox", "outbox.OutboxConnection");

    /** Used by one thread, or never by two at a time. */
    private static final Set<String> OF_ONE_THREAD = Set.of(
            "commit.HistoryReader$Bounded",
            "commit.Hub",
            "commit.Outage",
            "commit.WatchedEngine",
            "push.Deltas",
            "push.FrameBuilder",
            "push.Outgoing$Cache",
            "push.TagFilters",
            "push.TagFilters$Shared",
            "watch.Heartbeat",
            "watch.KeepTime",
            "watch.Supervisor$Worker");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(DELIVERY + "commit", DELIVERY + "push", DELIVERY + "outbox", DELIVERY + "watch");

    private static String name(JavaClass type) {
        return type.getName().replace(DELIVERY, "");
    }

    /** The class in whose file it stands. */
    private static String outermost(JavaClass type) {
        return name(type).replaceAll("\\$.*", "");
    }

    @Test
    void every_field_that_changes_is_volatile_or_names_its_guard() {
        Set<String> unguarded = CLASSES.stream()
                .flatMap(type -> type.getFields().stream())
                .filter(GuardsTest::changesUnguarded)
                .map(field -> name(field.getOwner()))
                .collect(Collectors.toSet());
        Set<String> excepted = new HashSet<>(OF_ONE_THREAD);
        excepted.addAll(OF_AN_OUTBOX);
        assertThat(unguarded).isSubsetOf(excepted);
        assertThat(unguarded).as("all of one thread are needed").containsAll(OF_ONE_THREAD);
        assertThat(changesUnguarded(
                        new ClassFileImporter().importClass(Loose.class).getField("loose")))
                .isTrue();
    }

    private static boolean changesUnguarded(JavaField field) {
        Set<JavaModifier> modifiers = field.getModifiers();
        return !modifiers.contains(JavaModifier.FINAL)
                && !modifiers.contains(JavaModifier.VOLATILE)
                && !modifiers.contains(JavaModifier.STATIC)
                && !field.isAnnotatedWith(GuardedBy.class);
    }

    @Test
    void the_state_of_an_outbox_is_reached_only_through_its_guarded_fields() {
        List<String> found = new ArrayList<>();
        for (JavaClass type : CLASSES) {
            String from = outermost(type);
            if (!OF_AN_OUTBOX.contains(from) && !OWNERS_IN_AN_OUTBOX.contains(from)) {
                for (JavaAccess<?> access : type.getAccessesFromSelf()) {
                    if (OF_AN_OUTBOX.contains(outermost(access.getTargetOwner()))
                            && !access.getTargetOwner().isEnum()) {
                        found.add(access.getDescription());
                    }
                }
            }
        }
        assertThat(found).isEmpty();
        Set<String> kept = CLASSES.stream()
                .filter(type -> OWNERS_IN_AN_OUTBOX.contains(name(type)))
                .flatMap(type -> type.getFields().stream())
                .filter(field -> OF_AN_OUTBOX.contains(name(field.getRawType())))
                .map(field -> field.getFullName().replace(DELIVERY, "")
                        + (field.isAnnotatedWith(GuardedBy.class) ? "" : " is not guarded"))
                .collect(Collectors.toSet());
        assertThat(kept)
                .containsExactlyInAnyOrder(
                        "outbox.Outbox.devices",
                        "outbox.Outbox.failures",
                        "outbox.Outbox.tally",
                        "outbox.Outbox.unstored",
                        "outbox.OutboxConnection.counted");
    }

    @SuppressWarnings("unused")
    private static final class Loose {
        private int loose;
    }
}
