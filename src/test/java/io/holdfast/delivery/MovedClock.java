package io.holdfast.delivery;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that tests move. */
final class MovedClock implements DeliveryClock {
    private final AtomicLong nanos = new AtomicLong(Duration.ofDays(1).toNanos());

    void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Override
    public long millis() {
        return 1_700_000_000_000L + nanos.get() / 1_000_000;
    }

    @Override
    public long nanos() {
        return nanos.get();
    }
}
