package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.MemoryRecords;
import io.holdfast.stream.RecordBatch;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a start finds of what was before it, and what harms nothing. */
class CleanupMemoryTest extends OnTheBench {

    @Test
    void everything_is_remembered_over_a_start() {
        bench.toys.with(Bench.OLD, "ball", "bear");
        bench.run();
        bench.coordinator.restore("toys", "bear", "anna");
        List<AuditEntry> audit = bench.coordinator.audit(0, 100, 0);
        List<CycleReport> cycles = bench.coordinator.cycles();
        List<SoftDeleted> softDeleted = bench.coordinator.softDeleted();

        bench.open();

        assertThat(bench.coordinator.audit(0, 100, 0)).isEqualTo(audit);
        assertThat(bench.coordinator.cycles()).isEqualTo(cycles);
        assertThat(bench.coordinator.softDeleted()).isEqualTo(softDeleted);
        assertThat(bench.run().number()).isEqualTo(2);
        assertThat(audit)
                .extracting(AuditEntry::number)
                .isEqualTo(IntStream.rangeClosed(1, audit.size())
                        .mapToObj(Long::valueOf)
                        .toList());
        assertThat(audit).extracting(AuditEntry::by).containsOnly("anna");
    }

    @Test
    void old_audit_entries_go_and_what_counts_stays() {
        bench.toys.with(Bench.OLD, "ball");
        bench.run();
        bench.time.advance(bench.settings.auditRetention().plusDays(1));
        bench.toys.use("ball");
        bench.run();
        assertThat(bench.coordinator.audit(0, 100, 1)).isEmpty();
        assertThat(bench.coordinator.audit(0, 100, 2)).isNotEmpty();
        long last = bench.coordinator.audit(0, 100, 0).get(0).number();
        bench.open();
        assertThat(bench.coordinator.audit(0, 100, 0).get(0).number()).isEqualTo(last);
        assertThat(bench.coordinator.cycles()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"hold/x|{}", "hold/x|[]", "party/x|{}", "item/toys/x|{\"kind\":\"toys\",\"action\":\"burn\"}"})
    void a_record_that_is_not_understood_stops_the_start_and_is_named(String key, String record) {
        bench.records.write(new RecordBatch().put("cleanup/" + key, record));
        assertThatThrownBy(bench::open)
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("cleanup/" + key)
                .hasMessageContaining("backup");
    }

    @Test
    void an_observer_that_fails_harms_nothing() {
        CleanupCoordinator coordinator = new CleanupCoordinator(
                List.of(bench.toys),
                bench.settings,
                new MemoryRecords(),
                Turn.always(),
                directory.resolve("other"),
                bench.time,
                bench.time,
                Runnable::run,
                new java.util.Random(1),
                event -> {
                    throw new IllegalStateException("as the test asked");
                });
        assertThat(coordinator.begin(request(null)).report()).isCompleted();
    }

    @Test
    void a_kind_provided_twice_or_badly_named_stops_the_start() {
        assertThatThrownBy(() -> new Providers(List.of(bench.toys, new MemoryProvider("toys", 1, bench.time))))
                .hasMessageContaining("toys is provided twice");
        assertThatThrownBy(() -> new Providers(List.of(new MemoryProvider("no blanks", 1, bench.time))))
                .hasMessageContaining("no blanks");
    }
}
