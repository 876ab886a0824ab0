package io.holdfast.delivery.outbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.BreakerSettings;
import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.DeliveryClock;
import java.util.function.DoubleSupplier;

/**
 * The circuit breaker of one device: whether its outbox is delivered, tried, or waits.
 *
 * <p>So many failures in a row open it. While it is open the outbox waits; the first connection after an opening by a
 * closed breaker is itself the trial, since who comes back has most likely recovered. A failed trial opens it again for
 * twice as long, and then the time is waited out: a flapping client cannot make the server replay its backlog again and
 * again. While half open a few publications are tried; each confirmation is a success, and enough of them close it.
 *
 * <p>Threads: any; the clock is given with each call, in nanoseconds of {@link DeliveryClock#nanos}.
 */
final class RecipientBreaker {
    /** An opening lasts up to this share longer than its time, so that many do not try in one moment. */
    private static final double JITTER = 0.2;

    private static final int MOST_DOUBLINGS = 30;

    private final BreakerSettings settings;
    private final DoubleSupplier random;

    @GuardedBy("this")
    private BreakerState state = BreakerState.CLOSED;

    @GuardedBy("this")
    private int failures;

    @GuardedBy("this")
    private int successes;

    /** Since it was last closed. */
    @GuardedBy("this")
    private int openings;

    @GuardedBy("this")
    private long openUntilNanos;

    @GuardedBy("this")
    private long failedAtNanos;

    /** The state of a breaker at one moment. @param openMillis until it is tried again; 0 unless open */
    record Snapshot(BreakerState state, int failures, int successes, int openings, long openMillis) {}

    RecipientBreaker(BreakerSettings settings, DoubleSupplier random) {
        this.settings = settings;
        this.random = random;
    }

    /** A delivery failed. @return whether that opened it */
    synchronized boolean failed(long nowNanos) {
        failures++;
        failedAtNanos = nowNanos;
        successes = 0;
        if (state == BreakerState.OPEN || (state == BreakerState.CLOSED && failures < settings.failures())) {
            return false;
        }
        state = BreakerState.OPEN;
        openUntilNanos = nowNanos + openNanos();
        openings++;
        return true;
    }

    /** What another node has to know; nothing of the suspect. A half-open one is to be tried at once. */
    synchronized FailureNote note(Moments now) {
        boolean closed = state == BreakerState.CLOSED;
        if (closed && failures == 0) {
            return FailureNote.NOTHING;
        }
        return new FailureNote(
                0,
                false,
                0,
                0,
                failures,
                openings,
                closed ? 0 : now.toMillis(openUntilNanos),
                now.toMillis(failedAtNanos));
    }

    /** Goes on from what another node has noted. */
    synchronized void restore(FailureNote note, Moments now) {
        state = note.openUntilMillis() == 0 ? BreakerState.CLOSED : BreakerState.OPEN;
        failures = note.failures();
        successes = 0;
        openings = note.openings();
        openUntilNanos = now.toNanos(note.openUntilMillis());
        failedAtNanos = now.toNanos(note.failedAtMillis());
    }

    /** Something was confirmed. @return whether that closed it */
    synchronized boolean succeeded() {
        failures = 0;
        if (state != BreakerState.HALF_OPEN || ++successes < settings.successes()) {
            return false;
        }
        close();
        return true;
    }

    /** The device has come: after the first opening that is the trial. @return whether that made it half open */
    synchronized boolean connected(long nowNanos) {
        return state == BreakerState.OPEN && (openings == 1 || nowNanos - openUntilNanos >= 0) && halfOpen();
    }

    /** Looks at the clock while the device is connected. @return whether that made it half open */
    synchronized boolean timePasses(long nowNanos) {
        return state == BreakerState.OPEN && nowNanos - openUntilNanos >= 0 && halfOpen();
    }

    /** @return whether it was not closed */
    synchronized boolean reset() {
        boolean wasClosed = state == BreakerState.CLOSED;
        failures = 0;
        close();
        return !wasClosed;
    }

    synchronized BreakerState state() {
        return state;
    }

    /** Whether nothing is known that a new one would not know, or nothing that is of use so long after. */
    synchronized boolean mayBeForgotten(long nowNanos, long keepNanos) {
        return (state == BreakerState.CLOSED && failures == 0) || nowNanos - failedAtNanos > keepNanos;
    }

    /** How many unconfirmed publications may be under way. */
    synchronized int mostUnderWay() {
        return switch (state) {
            case CLOSED -> Window.UNLIMITED;
            case OPEN -> 0;
            case HALF_OPEN -> settings.trials();
        };
    }

    synchronized Snapshot snapshot(long nowNanos) {
        long open = state == BreakerState.OPEN ? Math.max(0, openUntilNanos - nowNanos) / 1_000_000 : 0;
        return new Snapshot(state, failures, successes, openings, open);
    }

    @GuardedBy("this")
    private void close() {
        state = BreakerState.CLOSED;
        successes = 0;
        openings = 0;
    }

    @GuardedBy("this")
    private boolean halfOpen() {
        state = BreakerState.HALF_OPEN;
        successes = 0;
        return true;
    }

    @GuardedBy("this")
    private long openNanos() {
        double doubled = settings.openTime().toNanos() * Math.pow(2, Math.min(openings, MOST_DOUBLINGS));
        double bounded = Math.min(doubled, settings.maxOpenTime().toNanos());
        return (long) (bounded * (1 + JITTER * random.getAsDouble()));
    }
}
