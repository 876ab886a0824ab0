package io.holdfast.delivery;

import io.holdfast.stream.Publication;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Clocks that tests move: together, or wall time alone. */
public final class MovedClock implements DeliveryClock {
    private final AtomicLong nanos = new AtomicLong(Duration.ofDays(1).toNanos());
    private final AtomicLong wallAheadMillis = new AtomicLong();
    public final WallClock wall = () -> Instant.ofEpochMilli(wallMillis(millis()));

    /** Wall time is stepped; the steady clock is not. */
    void step(Duration time) {
        wallAheadMillis.addAndGet(time.toMillis());
    }

    @Override
    public long wallMillis(long millis) {
        return millis == Publication.NEVER ? millis : millis - leadMillis();
    }

    @Override
    public long leadMillis() {
        return -wallAheadMillis.get();
    }

    /** Called by whoever asks for the time. */
    public volatile Runnable beforeNanos = () -> {};

    public void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Override
    public long millis() {
        return 1_700_000_000_000L + nanos.get() / 1_000_000;
    }

    @Override
    public long nanos() {
        beforeNanos.run();
        return nanos.get();
    }
}
