package io.holdfast.delivery.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How a long-lived thread shows that it does not hang: it says when it begins a turn and when it has nothing to do. Costs an
 * ordered write each, no lock and no look at the clock. Written by its thread, read by the {@link Supervisor}.
 */
public final class Heartbeat {
    private static final ThreadLocal<Heartbeat> OF_THREAD = ThreadLocal.withInitial(Heartbeat::new);

    /** Odd during a turn; another number for each. */
    private final AtomicLong count = new AtomicLong();

    private long written;

    @GuardedBy("this")
    private long seen;

    @GuardedBy("this")
    private long seenAtNanos;

    private volatile boolean givenUp;

    /** The one of the thread that calls, to be kept for its loop. */
    public static Heartbeat ofThisThread() {
        return OF_THREAD.get();
    }

    /** Makes it the one of the thread that calls. */
    void take() {
        OF_THREAD.set(this);
        rests();
    }

    /** A turn begins. */
    public void works() {
        written = (written | 1) + 2;
        count.lazySet(written);
    }

    /** Nothing is to be done, or what is done may take any time. */
    public void rests() {
        written = (written | 1) + 1;
        count.lazySet(written);
    }

    /** Nobody waits for this thread any more: another one has taken its work. */
    public void giveUp() {
        givenUp = true;
    }

    /** For how long its present turn has lasted, as far as it was looked at; 0 between turns. */
    synchronized long turnNanos(long nowNanos) {
        long now = count.get();
        if (now != seen || (now & 1) == 0 || givenUp) {
            seen = now;
            seenAtNanos = nowNanos;
        }
        return nowNanos - seenAtNanos;
    }
}
