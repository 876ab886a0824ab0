package io.holdfast.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the doors between the rooms ({@link ArchitectureTest} compares it with the table for people). */
class RoomsTest {
    static final Map<String, Set<String>> DOORS = Map.ofEntries(
            Map.entry("json", Set.of()),
            Map.entry("configuration", Set.of()),
            Map.entry("protocol", Set.of("json")),
            Map.entry("protocol.fossil", Set.of()),
            Map.entry("stream", Set.of()),
            Map.entry("stream.rocksdb", Set.of("stream")),
            Map.entry("stream.postgresql", Set.of("stream")),
            Map.entry("delivery", Set.of("stream")),
            Map.entry("delivery.watch", Set.of("delivery", "stream")),
            Map.entry("delivery.outbox", Set.of("delivery.watch", "delivery", "stream")),
            Map.entry("delivery.push", Set.of("delivery.outbox", "delivery.watch", "delivery", "stream")),
            Map.entry(
                    "delivery.commit",
                    Set.of("delivery.push", "delivery.outbox", "delivery.watch", "delivery", "stream")),
            Map.entry("access", Set.of("stream", "delivery")),
            Map.entry("handlers", Set.of()),
            Map.entry("handlers.calls", Set.of("handlers", "delivery", "delivery.watch")),
            Map.entry("handlers.backend", Set.of("handlers", "delivery", "json")),
            Map.entry("handlers.beans", Set.of("handlers", "handlers.calls", "json")),
            Map.entry(
                    "commands",
                    Set.of(
                            "delivery",
                            "access",
                            "handlers",
                            "handlers.calls",
                            "protocol",
                            "protocol.fossil",
                            "stream")),
            Map.entry("websocket", Set.of("commands", "cluster", "delivery")),
            Map.entry("cleanup", Set.of("delivery", "stream", "json")),
            Map.entry("cluster", Set.of("json", "delivery", "stream")),
            Map.entry("transactions", Set.of("delivery", "stream")),
            Map.entry(
                    "operate",
                    Set.of(
                            "handlers.backend",
                            "handlers.calls",
                            "delivery",
                            "cleanup",
                            "cluster",
                            "transactions",
                            "stream",
                            "json")),
            Map.entry(
                    "http",
                    Set.of("commands", "cluster", "delivery", "access", "protocol", "stream", "cleanup", "json")),
            Map.entry(
                    "app",
                    Set.of(
                            "json",
                            "configuration",
                            "protocol",
                            "stream",
                            "stream.rocksdb",
                            "stream.postgresql",
                            "delivery",
                            "delivery.commit",
                            "access",
                            "handlers",
                            "handlers.calls",
                            "handlers.backend",
                            "handlers.beans",
                            "commands",
                            "cleanup",
                            "cluster",
                            "transactions",
                            "operate",
                            "http")),
            Map.entry("client", Set.of()),
            Map.entry("validate", Set.of("client")),
            Map.entry("bench", Set.of("client")),
            Map.entry("cli", Set.of("json", "configuration", "stream.postgresql", "client", "validate", "bench")));

    private static final Map<String, Set<String>> KEEPERS = Map.of(
            "com.fasterxml.jackson.databind", Set.of("client"),
            "com.fasterxml.jackson.annotation", Set.of(),
            "picocli", Set.of("cli", "bench"),
            "jakarta.websocket", Set.of("websocket"),
            "org.HdrHistogram", Set.of("bench"),
            "jakarta.transaction", Set.of("transactions"),
            "org.eclipse.microprofile.jwt", Set.of("app"),
            "org.postgresql", Set.of("app"),
            "org.rocksdb", Set.of("stream.rocksdb"));

    private static final Rooms HOLDFAST = new Rooms("io.holdfast", DOORS, KEEPERS);

    @Test
    void no_room_imports_what_the_table_does_not_allow() {
        assertThat(MainClasses.ALL).as("classes were found").hasSizeGreaterThan(20);
        assertThat(HOLDFAST.violations(MainClasses.ALL)).isEmpty();
    }

    @Test
    void every_door_of_the_table_is_used() {
        assertThat(HOLDFAST.unused(MainClasses.ALL)).isEmpty();
    }

    @Test
    void every_keeper_of_the_table_imports_what_it_keeps() {
        assertThat(HOLDFAST.unusedKeepers(MainClasses.ALL)).isEmpty();
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
        assertThat(fixture.unusedKeepers(classes)).containsExactly("websocket does not import jakarta.websocket");
    }

    /** The compiler does not ask where a source lies. */
    @Test
    void a_source_lies_in_the_folder_of_its_package() throws IOException {
        for (List<Path> sources : List.of(Sources.ofMain(), Sources.ofTests())) {
            for (Path source : sources) {
                String folder = source.getParent().toString().replace('/', '.');
                String name = folder.substring(folder.indexOf("io.holdfast"));
                assertThat(Files.readString(source))
                        .as(source.toString())
                        .containsPattern("(?m)^package " + Pattern.quote(name) + ";");
            }
        }
    }
}
