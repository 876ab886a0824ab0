package io.holdfast.delivery.outbox;

import io.holdfast.delivery.DeliveryClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What cannot be read from the store, or not be written to it, put aside so that everything else goes on. Each is tried again
 * after a pause, which doubles from a second to ten minutes.
 *
 * <p>Threads: the committer's; the size is read by any.
 */
public final class Quarantine<T> {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final DeliveryClock clock;
    private final ConcurrentHashMap<T, Held> held = new ConcurrentHashMap<>();

    private record Held(long untilNanos, long pauseNanos, boolean onTrial) {}

    public Quarantine(DeliveryClock clock) {
        this.clock = clock;
    }

    /** Puts it aside, for twice as long as the last time. @return whether that is new */
    public boolean add(T what) {
        Held before = held.get(what);
        long pause = before == null ? FIRST_PAUSE_NANOS : Math.min(LONGEST_PAUSE_NANOS, 2 * before.pauseNanos());
        held.put(what, new Held(clock.nanos() + pause, pause, false));
        return before == null;
    }

    /** It works again, or is not needed any more. */
    public void release(T what) {
        held.remove(what);
    }

    boolean contains(T what) {
        return held.containsKey(what);
    }

    /** Those whose pause is over. Each is followed by {@link #release} or {@link #add}. */
    public List<T> due() {
        long now = clock.nanos();
        List<T> due = new ArrayList<>(0);
        held.forEach((what, until) -> {
            if (!until.onTrial() && now - until.untilNanos() >= 0) {
                due.add(what);
                held.put(what, new Held(until.untilNanos(), until.pauseNanos(), true));
            }
        });
        return due;
    }

    public int size() {
        return held.size();
    }
}
