package io.holdfast.delivery.outbox;

import io.holdfast.stream.EngineException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Names that somebody has for himself for a while, perhaps as long as the engine takes. Whoever wants one of them waits; nobody
 * else does. Any thread; reserved by one at a time.
 */
public final class Reservations {
    /** Longer than any time limit of the engine. */
    private static final long WAIT_SECONDS = 30;

    private final ConcurrentHashMap<String, CountDownLatch> reserved = new ConcurrentHashMap<>();

    /** To be ended with {@link #end}, whatever happens. */
    public void begin(String name) {
        reserved.put(name, new CountDownLatch(1));
    }

    public void end(String name) {
        CountDownLatch over = reserved.remove(name);
        if (over != null) {
            over.countDown();
        }
    }

    /** What to wait for before the name can be used; null if it is free. */
    @Nullable
    public CountDownLatch of(String name) {
        return reserved.isEmpty() ? null : reserved.get(name);
    }

    /** @throws EngineException TIMEOUT if it takes too long */
    public static void await(CountDownLatch over) {
        try {
            if (!over.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw late(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw late(e);
        }
    }

    private static EngineException late(@Nullable Throwable cause) {
        return new EngineException(
                EngineException.Reason.TIMEOUT,
                "The store did not answer in time whether this stream still exists.",
                cause);
    }
}
