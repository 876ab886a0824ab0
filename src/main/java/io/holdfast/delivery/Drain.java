package io.holdfast.delivery;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Closes connections one after the other, spread over a window, each when its buffer is written. On the caller's thread. */
final class Drain {
    private static final long LOOK_MILLIS = 5;

    private final Set<RegisteredConnection> connections;
    private final Duration window;
    private final Duration limit;

    record Outcome(int connections, int unwritten, long millis) {}

    /** @param limit after which connections are closed whether or not their buffers are written */
    Drain(Set<RegisteredConnection> connections, Duration window, Duration limit) {
        this.connections = connections;
        this.window = window;
        this.limit = limit;
    }

    Outcome run() throws InterruptedException {
        long start = System.nanoTime();
        long deadline = start + limit.toNanos();
        List<RegisteredConnection> open = List.copyOf(connections);
        int unwritten = 0;
        for (int i = 0; i < open.size(); i++) {
            sleepUntil(start + window.toNanos() * i / open.size());
            RegisteredConnection connection = open.get(i);
            while (!connection.buffer().drained() && System.nanoTime() - deadline < 0) {
                Thread.sleep(LOOK_MILLIS);
            }
            if (!connection.buffer().drained()) {
                unwritten++;
            }
            connection.fail(Ending.SHUTDOWN);
        }
        return new Outcome(open.size(), unwritten, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }

    private static void sleepUntil(long nanos) throws InterruptedException {
        long left = nanos - System.nanoTime();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }
}
