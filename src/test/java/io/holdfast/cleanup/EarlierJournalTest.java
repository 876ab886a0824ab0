package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.EarlierFileTest;
import io.holdfast.stream.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Journals that an earlier version wrote, with a cycle that was cut off, and what that version knew after its start. */
class EarlierJournalTest {
    @TempDir
    Path directory;

    private static String resource(String name) throws IOException {
        try (InputStream in = EarlierJournalTest.class.getResourceAsStream(name + ".txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Bench started(String journal) throws IOException {
        Files.writeString(directory.resolve("cleanup"), journal);
        return new Bench(directory);
    }

    private static List<String> known(CleanupCoordinator cleanup) {
        List<String> all = new ArrayList<>();
        Stream.of(cleanup.softDeleted(), cleanup.failures(), cleanup.holds())
                .forEach(some -> some.stream().map(Object::toString).sorted().forEach(all::add));
        cleanup.cycles().forEach(cycle -> all.add(cycle.toString()));
        cleanup.audit(0, 1_000, 0).forEach(entry -> all.add(entry.toString()));
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"earlier-journal", "earlier-journal-written-anew"})
    void all_that_it_says_is_carried_over_and_its_cycle_is_undone(String name) throws IOException {
        Bench bench = started(resource(name));

        List<String> known = known(bench.coordinator);

        assertThat(String.join("\n", known) + "\nrestored " + bench.toys.log + bench.boxes.log + "\n")
                .isEqualTo(resource(name + ".known"));
        assertThat(directory.resolve("cleanup")).doesNotExist();
        bench.open();
        assertThat(known(bench.coordinator)).isEqualTo(known);
    }

    @Test
    void soft_deletes_of_a_rewritten_journal_are_carried_over() throws IOException {
        String row =
                "{\"kind\":\"toys\",\"id\":\"ball\",\"owner\":\"\",\"since\":\"1\",\"why\":\"unused\",\"cycle\":\"4\",\"at\":\"2\","
                        + "\"until\":\"3\"}";
        Bench bench = started(
                EarlierFileTest.line("{\"type\":\"numbers\",\"cycle\":\"7\",\"audit\":\"9\",\"next.toys\":\"bear\"}")
                        + EarlierFileTest.line("{\"type\":\"soft_deleted\",\"items\":[" + row + "]}"));

        assertThat(bench.coordinator.softDeleted())
                .containsExactly(new SoftDeleted("toys", "ball", "", 1, "unused", 4, 2, 3));
        assertThat(bench.run().number()).isEqualTo(8);
        assertThat(bench.coordinator.audit(0, 1, 0))
                .extracting(AuditEntry::number)
                .containsExactly(10L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"party\"}",
                "{\"type\":\"begin\"}",
                "{",
                "{\"type\":\"end\",\"result\":\"completed\"}"
            })
    void a_line_that_is_not_understood_stops_the_start_and_is_named(String line) {
        assertThatThrownBy(() -> started(EarlierFileTest.line("{\"type\":\"numbers\",\"cycle\":\"7\",\"audit\":\"9\"}")
                        + EarlierFileTest.line(line)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining(directory.resolve("cleanup").toString());
    }
}
