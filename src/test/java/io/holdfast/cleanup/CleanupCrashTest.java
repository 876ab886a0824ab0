package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.cleanup.CleanupException.Cause;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.MemoryRecords;
import io.holdfast.stream.RecordBatch;
import io.holdfast.stream.SmallRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A cycle is cut off at every write to the store and at every call of a provider; the next start puts things right. */
class CleanupCrashTest {
    @TempDir
    Path directory;

    /** The process dies. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    private enum When {
        BEFORE_THE_WRITE,
        AFTER_THE_WRITE
    }

    /** Ends a write with an error: of the process, or of the disk. */
    private static final class FailingRecords extends MemoryRecords {
        private final MemoryRecords real;
        private final int at;
        private final When when;
        private final Supplier<Throwable> error;
        private int written;

        FailingRecords(MemoryRecords real, int at, When when, Supplier<Throwable> error) {
            this.real = real;
            this.at = at;
            this.when = when;
            this.error = error;
        }

        @Override
        public SortedMap<String, String> scan(String prefix) {
            return real.scan(prefix);
        }

        @Override
        protected void store(RecordBatch batch, boolean synced) {
            boolean last = ++written == at;
            if (last && when == When.BEFORE_THE_WRITE) {
                FailingRecords.<RuntimeException>fail(error.get());
            }
            real.write(batch);
            if (last) {
                FailingRecords.<RuntimeException>fail(error.get());
            }
        }

        @SuppressWarnings("unchecked")
        private static <T extends Throwable> void fail(Throwable error) throws T {
            throw (T) error;
        }
    }

    private static UnaryOperator<SmallRecords> dying(int at, When when) {
        return real -> new FailingRecords((MemoryRecords) real, at, when, Crash::new);
    }

    private static UnaryOperator<SmallRecords> failing(int at, When when) {
        return real -> new FailingRecords(
                (MemoryRecords) real,
                at,
                when,
                () -> new EngineException(EngineException.Reason.IO, "as the test asked", null));
    }

    /** Some things set aside and due, some new, one that is in use again, some that fail. */
    private Bench prepared(String name) throws IOException {
        Bench bench = new Bench(Files.createDirectory(directory.resolve(name)));
        bench.toys.with(Bench.OLD, "due1", "due2", "due3", "alive");
        bench.boxes.with(Bench.OLD, "due-box");
        bench.run();
        bench.time.advance(Bench.GRACE);
        bench.toys.use("alive");
        bench.toys.withMany(Bench.OLD, "new", 6);
        bench.boxes.with(Bench.OLD, "new-box");
        return bench;
    }

    private static void runToTheCrash(Bench bench) {
        try {
            bench.run();
        } catch (Crash expected) {
            return;
        } catch (CompletionException inValidation) {
            assertThat(inValidation).hasCauseInstanceOf(CleanupRefusedException.class);
        }
    }

    /** What must hold whenever no cycle is under way. */
    private static void check(Bench bench, String context) {
        assertThat(bench.coordinator.state().stage()).as(context).isNull();
        Set<String> hidden = new TreeSet<>(bench.toys.hidden);
        hidden.addAll(bench.boxes.hidden);
        Set<String> present = new TreeSet<>(bench.toys.usedAt.keySet());
        present.addAll(bench.boxes.usedAt.keySet());
        assertThat(bench.softDeleted())
                .as("%s: what is hidden is known", context)
                .containsAll(hidden);
        assertThat(present)
                .as("%s: nothing new was destroyed", context)
                .contains("alive", "new00000", "new00005", "new-box");
        for (String due : List.of("due1", "due2", "due3", "due-box")) {
            assertThat(present.contains(due) || gone(bench, due))
                    .as("%s: %s is there, or its deletion is audited or still to come", context, due)
                    .isTrue();
        }
        List<Long> numbers = bench.coordinator.audit(0, 1_000, 0).stream()
                .map(AuditEntry::number)
                .toList();
        assertThat(numbers).as(context).doesNotHaveDuplicates().isSorted();
    }

    private static boolean gone(Bench bench, String id) {
        return bench.audit().stream().anyMatch(line -> line.endsWith("/" + id + " delete deleted"))
                || bench.softDeleted().contains(id);
    }

    /** The next cycles end as they would have without a crash, and say so once. */
    private static void converges(Bench bench, String context) {
        bench.run();
        bench.run();
        assertThat(bench.softDeleted())
                .as(context)
                .containsExactly("new-box", "new00000", "new00001", "new00002", "new00003", "new00004", "new00005");
        assertThat(bench.toys.usedAt.keySet())
                .as(context)
                .containsExactly("alive", "new00000", "new00001", "new00002", "new00003", "new00004", "new00005");
        assertThat(bench.audit().stream()
                        .filter(line -> line.endsWith(" delete deleted"))
                        .sorted())
                .as(context)
                .containsExactly(
                        "boxes/due-box delete deleted",
                        "toys/due1 delete deleted",
                        "toys/due2 delete deleted",
                        "toys/due3 delete deleted");
        bench.open();
        assertThat(bench.softDeleted()).as("%s: after another start", context).hasSize(7);
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void a_crash_at_any_write_to_the_store_is_put_right(When when) throws IOException {
        Set<String> results = new TreeSet<>();
        int crashes = 0;
        for (int write = 1; ; write++) {
            int at = write;
            Bench bench = prepared(when + "-" + write);
            bench.open(dying(at, when));
            int before = bench.coordinator.cycles().size();
            runToTheCrash(bench);
            boolean crashed =
                    bench.events.stream().noneMatch(event -> event.cycle().number() == 2);
            String context = when + " " + at;

            bench.open(real -> real);

            check(bench, context);
            bench.coordinator.cycles().stream()
                    .limit(1)
                    .forEach(cycle -> results.add(cycle.result().name()));
            converges(bench, context);
            if (!crashed && bench.coordinator.cycles().size() > before) {
                break;
            }
            crashes++;
        }
        assertThat(crashes)
                .as("begin, validate, plan, clean, 12 things, commit, audit, end")
                .isBetween(18, 22);
        assertThat(results).contains("UNDONE", "FINISHED", "COMPLETED");
    }

    /** Nobody starts it again; its lease ends. */
    @ParameterizedTest
    @EnumSource(When.class)
    void another_node_puts_right_what_one_that_died_at_any_write_has_left(When when) throws IOException {
        int crashes = 0;
        for (int write = 1; ; write++) {
            int at = write;
            AtomicLong nanos = new AtomicLong();
            Tasks tasks = new Tasks(nanos);
            Bench bench = prepared("nodes-" + when + "-" + write);
            bench.open(tasks.of(1), dying(at, when));
            runToTheCrash(bench);
            boolean crashed =
                    bench.events.stream().noneMatch(event -> event.cycle().number() == 2);
            String context = when + " " + at;

            bench.open(tasks.of(2), real -> real);
            assertThatThrownBy(bench::run)
                    .as("%s: while the lease of the first runs", context)
                    .isInstanceOf(CleanupRefusedException.class);
            nanos.addAndGet(Tasks.LEASE.toNanos());
            bench.run();

            check(bench, context);
            converges(bench, context);
            if (!crashed) {
                break;
            }
            crashes++;
        }
        assertThat(crashes).isBetween(18, 22);
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void a_crash_in_a_restore_never_leaves_what_was_restored_without_a_hold(When when) throws IOException {
        for (int write = 1; write <= 2; write++) {
            int at = write;
            Bench bench = prepared("restore-" + when + "-" + write);
            bench.run();
            assertThat(bench.softDeleted()).contains("new-box");
            bench.open(dying(at, when));
            assertThatThrownBy(() -> bench.coordinator.restore("boxes", "new-box", "anna"))
                    .isInstanceOf(Crash.class);

            bench.open(real -> real);

            String context = when + " " + at;
            boolean known = bench.softDeleted().contains("new-box");
            boolean held = bench.coordinator.holds().stream()
                    .anyMatch(hold -> hold.id().equals("new-box"));
            assertThat(known || held)
                    .as("%s: it is held, or can be restored again", context)
                    .isTrue();
            bench.coordinator.restore("boxes", "new-box", "anna");
            bench.run();
            assertThat(bench.softDeleted()).as(context).doesNotContain("new-box");
            assertThat(bench.boxes.hidden).as(context).doesNotContain("new-box");
        }
    }

    @Test
    void a_crash_at_any_call_of_a_provider_is_put_right() throws IOException {
        int crashes = 0;
        for (int call = 1; ; call++) {
            int at = call;
            Bench bench = prepared("call-" + call);
            int[] calls = new int[1];
            MemoryProvider.Trouble dying = (operation, id) -> {
                if (++calls[0] == at) {
                    throw new Crash();
                }
            };
            bench.toys.trouble = dying;
            bench.boxes.trouble = dying;
            runToTheCrash(bench);
            boolean crashed = calls[0] >= at;
            bench.toys.trouble = (operation, id) -> {};
            bench.boxes.trouble = (operation, id) -> {};

            bench.open();

            check(bench, "call " + call);
            converges(bench, "call " + call);
            if (!crashed) {
                break;
            }
            crashes++;
        }
        assertThat(crashes).isGreaterThan(40);
    }

    @Test
    void crashes_one_after_the_other_also_while_putting_right_are_put_right() throws IOException {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            String context = "seed " + seed + " round " + round;
            Bench bench = prepared("round-" + round);
            for (int crash = 0; crash < 5; crash++) {
                int at = 1 + random.nextInt(24);
                When when = When.values()[random.nextInt(2)];
                try {
                    bench.open(dying(at, when));
                    bench.run();
                } catch (Crash expected) {
                    // and starts again
                }
            }
            bench.open(real -> real);
            check(bench, context);
            converges(bench, context);
        }
    }

    @Test
    void a_cycle_that_was_cut_off_before_its_commit_is_undone_and_audited() throws IOException {
        Bench bench = prepared("undone");
        bench.boxes.trouble = (operation, id) -> {
            if (operation.equals("softDeleted")) {
                throw new Crash();
            }
        };
        runToTheCrash(bench);
        assertThat(bench.toys.hidden).contains("new00000");
        bench.boxes.trouble = (operation, id) -> {};

        bench.open();

        assertThat(bench.toys.hidden).doesNotContain("new00000").contains("due1");
        assertThat(bench.boxes.hidden).containsExactly("due-box");
        assertThat(bench.audit()).contains("cycle/2 run undone", "toys/new00000 soft_delete undone");
        assertThat(bench.coordinator.audit(0, 100, 2))
                .extracting(AuditEntry::by)
                .containsOnly("start");
        assertThat(bench.coordinator.cycle(2))
                .hasValueSatisfying(
                        cycle -> assertThat(cycle.reason()).isEqualTo("it was interrupted in the stage clean"));
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void after_any_write_that_fails_the_next_cycle_puts_things_right(When when) throws IOException {
        int failed = 0;
        for (int write = 1; ; write++) {
            Bench bench = prepared("failed-" + when + "-" + write);
            bench.open(failing(write, when));
            List<Throwable> failures = new ArrayList<>();
            try {
                bench.coordinator.begin(CleanupRequest.scheduled()).report().whenComplete((report, failure) -> {
                    if (failure != null) {
                        failures.add(failure);
                    }
                });
            } catch (CleanupRefusedException e) {
                failures.add(e);
            }
            String context = when + " " + write;
            if (failures.isEmpty()) {
                break;
            }
            assertThat(failures).as(context).singleElement().isInstanceOf(CleanupRefusedException.class);
            failed++;

            bench.run();

            check(bench, context);
            converges(bench, context);
        }
        assertThat(failed).isBetween(18, 22);
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void a_hold_whose_write_failed_is_in_the_audit_if_it_was_stored(When when) throws IOException {
        Bench bench = prepared("hold-" + when);
        bench.open(failing(1, when));
        Hold hold = new Hold("u", "", "", "anna", "case 12", 0, Hold.FOREVER);
        assertThatThrownBy(() -> bench.coordinator.hold(hold)).isInstanceOf(EngineException.class);
        bench.coordinator.hold(new Hold("v", "", "", "anna", "case 13", 0, Hold.FOREVER));

        List<AuditEntry> audit = bench.coordinator.audit(0, 1_000, 0);
        assertThat(audit)
                .extracting(AuditEntry::number)
                .isEqualTo(LongStream.rangeClosed(1, audit.size()).boxed().toList());
        assertThat(audit).filteredOn(entry -> entry.id().equals("u")).hasSize(when == When.AFTER_THE_WRITE ? 1 : 0);
        List<Hold> holds = bench.coordinator.holds();
        assertThat(holds).hasSize(when == When.AFTER_THE_WRITE ? 2 : 1);
        bench.open(real -> real);
        assertThat(bench.coordinator.audit(0, 1_000, 0)).isEqualTo(audit);
        assertThat(bench.coordinator.holds()).isEqualTo(holds);
    }

    @Test
    void a_server_that_stops_leaves_its_cycle_to_the_next_start() throws IOException {
        Bench bench = prepared("stopped");
        bench.toys.trouble = (operation, id) -> {
            if (operation.equals("softDeleted") && id.equals("new00003")) {
                bench.coordinator.stop();
            }
        };
        assertThat(bench.coordinator.begin(CleanupRequest.scheduled()).report()).isCompletedExceptionally();
        assertThat(bench.toys.log).doesNotContain("hide new00004");
        bench.toys.trouble = (operation, id) -> {};
        bench.open();
        check(bench, "after the stop");
        converges(bench, "after the stop");
    }

    @Test
    void what_a_vanished_provider_cannot_take_back_is_in_the_dead_letters() throws IOException {
        Bench bench = prepared("vanished");
        bench.boxes.trouble = Bench.failing("restore", "new-box", Cause.AUTHORIZATION);
        bench.toys.trouble = (operation, id) -> {
            if (operation.equals("delete")) {
                throw new Crash();
            }
        };
        runToTheCrash(bench);
        bench.toys.trouble = (operation, id) -> {};
        bench.open();
        assertThat(bench.coordinator.failures()).extracting(Failure::id).containsExactly("new-box");
        assertThat(bench.coordinator.cycle(2))
                .hasValueSatisfying(cycle -> assertThat(cycle.failed()).isEqualTo(1));
        bench.time.advance(Duration.ofDays(1));
        assertThat(bench.run().result()).isEqualTo(CycleReport.Result.COMPLETED);
    }
}
