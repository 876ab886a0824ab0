package io.holdfast.delivery.push;

import io.holdfast.delivery.Connection;
import io.holdfast.delivery.Ending;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Closes transports on threads that can afford it, since a close can hang. Any thread. */
public final class Closers {
    private static final Logger LOG = Logger.getLogger(Closers.class.getName());
    private static final long LOOK_MILLIS = 5;

    private final Executor executor;
    private final LongSupplier nanos;
    private final AtomicInteger underWay = new AtomicInteger();

    public Closers(Executor executor, LongSupplier nanos) {
        this.nanos = nanos;
        this.executor = executor;
    }

    void close(Connection transport, Ending ending) {
        underWay.incrementAndGet();
        try {
            executor.execute(() -> {
                try {
                    transport.close(ending);
                } finally {
                    underWay.decrementAndGet();
                }
            });
        } catch (RejectedExecutionException | IllegalStateException e) {
            underWay.decrementAndGet();
            LOG.log(Level.FINE, "A connection is left to the container, which stops and closes it", e);
        }
    }

    /** Waits until all that was asked for is closed, or no longer. */
    public void await(Duration limit) throws InterruptedException {
        long deadline = nanos.getAsLong() + limit.toNanos();
        while (underWay.get() > 0 && nanos.getAsLong() - deadline < 0) {
            Thread.sleep(LOOK_MILLIS);
        }
    }
}
