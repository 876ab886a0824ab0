package io.holdfast.delivery.outbox;

import io.holdfast.delivery.PoisonSettings;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Which publication a device may be failing on, how often it did, and when the next attempt may be. Guarded by the outbox. */
final class PoisonSuspect {
    private static final int MOST_DOUBLINGS = 30;

    private final PoisonSettings settings;
    private long offset;
    private boolean undecided;
    private int attempts;
    private long failedAtNanos;
    private long notBeforeNanos;

    PoisonSuspect(PoisonSettings settings) {
        this.settings = settings;
    }

    /** The client ended a connection itself while this offset was the oldest that it had been sent and not confirmed. */
    void raise(long oldest, long nowNanos) {
        if (oldest != offset) {
            offset = oldest;
            attempts = 0;
        }
        undecided = true;
        failedAtNanos = nowNanos;
    }

    /** Goes on from what another node has noted. */
    void restore(FailureNote note, Moments now) {
        clear();
        if (note.suspect() != 0) {
            offset = note.suspect();
            undecided = note.undecided();
            attempts = note.attempts();
            failedAtNanos = now.toNanos(note.suspectAtMillis());
            notBeforeNanos = attempts > 0 ? failedAtNanos + backoffNanos() : failedAtNanos;
        }
    }

    /** @param breaker null where nothing has failed lately */
    FailureNote note(@Nullable RecipientBreaker breaker, Moments now) {
        FailureNote ofBreaker = breaker == null ? FailureNote.NOTHING : breaker.note(now);
        return new FailureNote(
                offset,
                undecided,
                attempts,
                offset == 0 ? 0 : now.toMillis(failedAtNanos),
                ofBreaker.failures(),
                ofBreaker.openings(),
                ofBreaker.openUntilMillis(),
                ofBreaker.failedAtMillis());
    }

    /** A new connection goes on behind a position: was the suspect really not processed? */
    void judge(long position) {
        if (offset != 0 && position >= offset) {
            clear();
        } else if (undecided) {
            undecided = false;
            attempts++;
            notBeforeNanos = failedAtNanos + backoffNanos();
        }
    }

    /** Everything up to an offset was processed, or is gone. @return whether a suspect had been tried again in vain before */
    boolean passed(long upTo) {
        boolean tried = attempts > 0;
        if (offset == 0 || upTo < offset) {
            return false;
        }
        clear();
        return tried;
    }

    /** Failed attempts of the suspect. */
    int attempts() {
        return attempts;
    }

    boolean mustGoAlone() {
        return attempts > 0;
    }

    boolean exists() {
        return offset != 0;
    }

    long offset() {
        return offset;
    }

    /** Whether the last attempt has failed. */
    boolean hopeless() {
        return settings.attempts() > 0 && attempts >= settings.attempts();
    }

    /** How many publications may be under way. */
    int mostUnderWay(long nowNanos) {
        if (!mustGoAlone()) {
            return Window.UNLIMITED;
        }
        return hopeless() || nowNanos - notBeforeNanos < 0 ? 0 : 1;
    }

    /** With jitter: between half and the whole of it. */
    private long backoffNanos() {
        double doubled = settings.backoff().toNanos() * Math.pow(2, Math.min(attempts - 1, MOST_DOUBLINGS));
        double bounded = Math.min(doubled, settings.maxBackoff().toNanos());
        return (long) (bounded * (0.5 + ThreadLocalRandom.current().nextDouble() / 2));
    }

    private void clear() {
        offset = 0;
        attempts = 0;
        undecided = false;
    }
}
