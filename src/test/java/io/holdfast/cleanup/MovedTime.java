package io.holdfast.cleanup;

import io.holdfast.delivery.DeliveryClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A clock that tests move, and that moves when somebody sleeps. */
final class MovedTime implements DeliveryClock, Sleeper {
    final List<Duration> slept = new ArrayList<>();
    private long nanos = Duration.ofDays(1).toNanos();

    synchronized void advance(Duration time) {
        nanos += time.toNanos();
    }

    @Override
    public synchronized void sleep(Duration time) {
        slept.add(time);
        nanos += time.toNanos();
    }

    @Override
    public synchronized long millis() {
        return 1_800_000_000_000L + nanos / 1_000_000;
    }

    @Override
    public synchronized long nanos() {
        return nanos;
    }
}
