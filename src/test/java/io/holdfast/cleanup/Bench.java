package io.holdfast.cleanup;

import io.holdfast.stream.MemoryRecords;
import io.holdfast.stream.SmallRecords;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

/** A coordinator over shelves, with time that tests move; everything on the caller's thread. */
final class Bench {
    static final Duration OLD = Duration.ofDays(20);
    static final Duration GRACE = Duration.ofHours(24);

    final MovedTime time = new MovedTime();
    final List<CleanupFinished> events = new ArrayList<>();
    final MemoryProvider toys = new MemoryProvider("toys", 500, time);
    final MemoryProvider boxes = new MemoryProvider("boxes", 600, time);
    CleanupSettings settings = settings(100, 100);
    Executor executor = Runnable::run;
    CleanupCoordinator coordinator;
    private final Path file;
    final MemoryRecords records = new MemoryRecords();
    private UnaryOperator<SmallRecords> around = kept -> kept;
    private Turn turn = Turn.always();

    Bench(Path directory) {
        file = directory.resolve("cleanup");
        open();
    }

    static CleanupSettings settings(int quota, int percent) {
        CleanupSettings defaults = CleanupSettings.defaults();
        return new CleanupSettings(
                true,
                defaults.interval(),
                GRACE,
                quota,
                percent,
                0,
                3,
                defaults.abortsBeforePause(),
                defaults.auditRetention(),
                defaults.restoreHold(),
                defaults.ages());
    }

    /** As after a start of the server, on what is recorded. */
    void open() {
        coordinator = new CleanupCoordinator(
                List.of(boxes, toys),
                settings,
                around.apply(records),
                turn,
                file,
                time,
                time,
                work -> executor.execute(work),
                new Random(1),
                events::add);
        coordinator.start();
    }

    void open(Turn asOne) {
        open(asOne, around);
    }

    /** As on another node, or on one of several nodes. */
    void open(Turn asOne, UnaryOperator<SmallRecords> with) {
        turn = asOne;
        around = with;
        open();
    }

    void open(UnaryOperator<SmallRecords> with) {
        around = with;
        open();
    }

    CycleReport run() {
        return run(new CleanupRequest("anna", false, List.of(), null, false));
    }

    CycleReport rehearse() {
        return run(new CleanupRequest("anna", true, List.of(), null, false));
    }

    CycleReport run(CleanupRequest request) {
        return coordinator.begin(request).report().toCompletableFuture().join();
    }

    List<String> softDeleted() {
        return coordinator.softDeleted().stream().map(SoftDeleted::id).sorted().toList();
    }

    /** {@code kind/id action result} of each entry. */
    List<String> audit() {
        return coordinator.audit(0, Integer.MAX_VALUE, 0).stream()
                .map(entry -> entry.kind() + "/" + entry.id() + " " + entry.action() + " "
                        + entry.result().split(":", 2)[0])
                .toList();
    }

    /** Fails an operation on a thing whose name begins so. */
    static MemoryProvider.Trouble failing(String operation, String prefix, CleanupException.Cause cause) {
        return (at, id) -> {
            if (at.equals(operation) && id.startsWith(prefix)) {
                throw new CleanupException(cause, "as the test asked", null);
            }
        };
    }
}
