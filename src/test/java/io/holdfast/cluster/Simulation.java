package io.holdfast.cluster;

import io.holdfast.delivery.MovedClock;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/** Time that a test moves, and tasks that run at their moment, one after the other: the same seed gives the same run. */
final class Simulation implements Executor {
    final MovedClock clock = new MovedClock();
    final Random random;
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::atNanos).thenComparingLong(Task::order));
    private long order;

    private record Task(long atNanos, long order, Runnable work) {}

    Simulation(long seed) {
        this.random = new Random(seed);
    }

    @Override
    public void execute(Runnable work) {
        after(Duration.ZERO, work);
    }

    void after(Duration delay, Runnable work) {
        tasks.add(new Task(clock.nanos() + delay.toNanos(), order++, work));
    }

    /** Runs what is due meanwhile. */
    void pass(Duration time) {
        long end = clock.nanos() + time.toNanos();
        while (!tasks.isEmpty() && tasks.peek().atNanos() <= end) {
            Task next = tasks.poll();
            clock.advance(Duration.ofNanos(Math.max(0, next.atNanos() - clock.nanos())));
            next.work().run();
        }
        clock.advance(Duration.ofNanos(end - clock.nanos()));
    }

    /** Runs until something is so. */
    void until(String what, BooleanSupplier condition) {
        for (int i = 0; !condition.getAsBoolean(); i++) {
            if (i == 60_000) {
                throw new AssertionError("not within a minute: " + what);
            }
            pass(Duration.ofMillis(1));
        }
    }
}
