package io.holdfast.delivery.push;

import io.holdfast.delivery.Ending;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Closes connections one after the other, spread over a window, each when its buffer is written. One that does not read has a
 * deadline of its own and holds up none of the others. On the caller's thread.
 */
public final class Drain {
    private static final long LOOK_MILLIS = 5;

    private final List<OpenConnection> open;
    private final Duration window;
    private final Duration limit;
    private final LongSupplier nanos;
    private final Pause pause;

    public record Outcome(int connections, int unwritten, long millis) {}

    /** Lets time pass. */
    public interface Pause {
        void sleep(long millis) throws InterruptedException;
    }

    private record Due(OpenConnection connection, long deadlineNanos) {}

    /**
     * @param connections those that are open now; one that is opened later is refused elsewhere
     * @param nanos as {@link System#nanoTime}
     * @param limit after its turn has come a connection is closed whether or not its buffer is written
     */
    public Drain(
            Collection<OpenConnection> connections, Duration window, Duration limit, LongSupplier nanos, Pause pause) {
        this.open = List.copyOf(connections);
        this.window = window;
        this.limit = limit;
        this.nanos = nanos;
        this.pause = pause;
    }

    public Outcome run() throws InterruptedException {
        long start = nanos.getAsLong();
        ArrayDeque<OpenConnection> ahead = new ArrayDeque<>(open);
        List<Due> due = new ArrayList<>();
        int unwritten = 0;
        while (!ahead.isEmpty() || !due.isEmpty()) {
            long now = nanos.getAsLong();
            while (!ahead.isEmpty() && now - start >= turn(open.size() - ahead.size(), open.size())) {
                due.add(new Due(ahead.remove(), now + limit.toNanos()));
            }
            unwritten += close(due, now);
            if (!ahead.isEmpty() || !due.isEmpty()) {
                pause.sleep(LOOK_MILLIS);
            }
        }
        return new Outcome(open.size(), unwritten, TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - start));
    }

    /** How long after the start its turn comes, in nanoseconds. */
    private long turn(int number, int of) {
        return (long) ((double) window.toNanos() * number / of);
    }

    /** @return how many were closed though they were not written */
    private static int close(List<Due> due, long now) {
        int unwritten = 0;
        for (Iterator<Due> left = due.iterator(); left.hasNext(); ) {
            Due each = left.next();
            boolean drained = each.connection().buffer().drained();
            if (drained || now - each.deadlineNanos() >= 0) {
                unwritten += drained ? 0 : 1;
                each.connection().fail(Ending.SHUTDOWN);
                left.remove();
            }
        }
        return unwritten;
    }
}
