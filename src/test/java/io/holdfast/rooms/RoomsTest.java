package io.holdfast.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holds the doors between the rooms (docs/architecture.md has the same table for people). */
class RoomsTest {
    private static final Map<String, Set<String>> DOORS = Map.ofEntries(
            Map.entry("protocol", Set.of()),
            Map.entry("stream", Set.of()),
            Map.entry("stream.rocksdb", Set.of("stream")),
            Map.entry("stream.redis", Set.of("stream")),
            Map.entry("delivery", Set.of("stream")),
            Map.entry("access", Set.of("stream", "delivery")),
            Map.entry("commands", Set.of("delivery", "access", "protocol", "stream")),
            Map.entry("websocket", Set.of("commands", "protocol", "delivery")),
            Map.entry("cleanup", Set.of("delivery", "stream")),
            Map.entry("operate", Set.of("delivery", "stream", "cleanup")),
            Map.entry("http", Set.of("commands", "delivery", "access", "protocol", "stream", "cleanup", "operate")),
            Map.entry(
                    "app",
                    Set.of(
                            "protocol",
                            "stream",
                            "stream.rocksdb",
                            "stream.redis",
                            "delivery",
                            "access",
                            "commands",
                            "websocket",
                            "cleanup",
                            "operate",
                            "http")),
            Map.entry("validate", Set.of("protocol")),
            Map.entry("bench", Set.of("protocol")),
            Map.entry("cli", Set.of("protocol", "validate", "bench")));

    private static final Map<String, Set<String>> KEEPERS = Map.of(
            "jakarta.websocket", Set.of("websocket"),
            "org.eclipse.microprofile.jwt", Set.of("app"),
            "org.rocksdb", Set.of("stream.rocksdb"));

    private static final Rooms HOLDFAST = new Rooms("io.holdfast", DOORS, KEEPERS);

    @Test
    void no_room_imports_what_the_table_does_not_allow() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.holdfast");
        assertThat(classes).as("classes were found").hasSizeGreaterThan(20);
        assertThat(HOLDFAST.violations(classes)).isEmpty();
    }

    @Test
    void the_table_itself_has_no_circles() {
        assertThat(HOLDFAST.circles()).isEmpty();
    }

    @Test
    void a_circle_in_a_table_is_found() {
        Rooms wrong = new Rooms(
                "x", Map.of("a", Set.of("b"), "b", Set.of("c"), "c", Set.of("a"), "d", Set.of("a")), Map.of());
        assertThat(wrong.circles()).containsExactly("a", "b", "c");
    }

    @Test
    void wrong_imports_of_a_fixture_are_found() {
        String base = "io.holdfast.rooms.fixture";
        Rooms fixture = new Rooms(
                base,
                Map.of("stream", Set.of(), "delivery", Set.of("stream")),
                Map.of("jakarta.websocket", Set.of("websocket")));
        JavaClasses classes = new ClassFileImporter().importPackages(base);
        assertThat(fixture.violations(classes))
                .anyMatch(v -> v.startsWith("stream may not import " + base + ".delivery: "))
                .anyMatch(v -> v.startsWith("delivery may not import jakarta.websocket: "))
                .anyMatch(v -> v.endsWith("Stranger lies in no room of the table"))
                .noneMatch(v -> v.startsWith("delivery may not import " + base + ".stream"));
    }
}
