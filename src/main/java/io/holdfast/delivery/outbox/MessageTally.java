package io.holdfast.delivery.outbox;

import io.holdfast.stream.FinalState;
import io.holdfast.stream.StreamStatus;
import java.util.HashMap;
import java.util.Map;

/**
 * What has become of an outbox's messages, each told once: acknowledged, expired, dropped or dead. Guarded by the outbox's
 * lock.
 *
 * <p>What was acknowledged stays known until the confirmation is stored: meanwhile the engine may record another end, which
 * is then corrected.
 */
final class MessageTally {
    private static final int MOST_ENDED = 10_000;

    /** Takes what is acknowledged for the first time. */
    interface Acknowledged {
        void acknowledged(long offset, HandedMessage message);
    }

    private final Acknowledged acknowledged;

    /** Handed to some connection and not gone: what a confirmation acknowledges, and what one that is not stored has. */
    private final LongQueue<HandedMessage> handed = new LongQueue<>();

    /** Known to have expired or to be dead, and above what is confirmed. */
    private final LongQueue<Boolean> ended = new LongQueue<>();

    private final GivenUp givenUp = new GivenUp();
    private final LongQueue.Taker<HandedMessage> confirming = this::confirming;
    private long confirmedUpTo;
    private long storingUpTo;
    private long droppedUpTo;
    private long writtenUpTo;

    MessageTally(Acknowledged acknowledged) {
        this.acknowledged = acknowledged;
    }

    /** Begins anew with what the engine knows. */
    void begin(StreamStatus info) {
        handed.clear();
        ended.clear();
        givenUp.begin(info.givenUp());
        confirmedUpTo = Math.min(info.confirmedUpTo(), info.top().offset());
        storingUpTo = 0;
        droppedUpTo = info.lostUpTo();
        writtenUpTo = 0;
    }

    void handed(long offset, HandedMessage message) {
        if (isOpen(offset)) {
            handed.add(offset, message);
        }
    }

    /** Whether a confirmation would acknowledge it. */
    private boolean isOpen(long offset) {
        return isUnconfirmed(offset) && offset > droppedUpTo && !ended.contains(offset);
    }

    boolean isUnconfirmed(long offset) {
        return offset > confirmedUpTo || givenUp.open(offset);
    }

    /** A device has confirmed everything above its cursor, up to an offset. */
    void confirmed(long cursor, long offset) {
        long before = confirmedUpTo;
        if (!givenUp.isEmpty()) {
            for (long late : givenUp.confirm(cursor, offset)) {
                HandedMessage message = late <= before ? handed.get(late) : null;
                if (message != null) {
                    acknowledged.acknowledged(late, message);
                }
            }
        }
        if (offset > before) {
            confirmedUpTo = offset;
            handed.forEach(before, offset, confirming);
            ended.removeUpTo(offset, (number, gone) -> {});
        }
    }

    private void confirming(long offset, HandedMessage message) {
        if (!givenUp.open(offset)) {
            acknowledged.acknowledged(offset, message);
        }
    }

    /** Whether it was acknowledged, and perhaps that is not stored. */
    boolean isAcknowledged(long offset) {
        return !isUnconfirmed(offset) && handed.contains(offset);
    }

    /** No later confirmation acknowledges it. @return whether that is new and nobody had confirmed it */
    boolean expired(long offset) {
        boolean fresh = isOpen(offset);
        if (isUnconfirmed(offset)) {
            end(offset);
        }
        return fresh;
    }

    /** The engine has taken it out. */
    void removed(long offset, FinalState state) {
        if (state == FinalState.DROPPED) {
            droppedUpTo = Math.max(droppedUpTo, offset);
        }
        end(offset);
    }

    private void end(long offset) {
        handed.remove(offset);
        givenUp.remove(offset);
        if (ended.size() > MOST_ENDED) {
            ended.removeUpTo(ended.firstAbove(0), (number, gone) -> {});
        }
        if (offset > Math.max(confirmedUpTo, droppedUpTo)) {
            ended.add(offset, true);
        }
    }

    /** A device gets it no more. */
    void giveUp(long offset) {
        if (isOpen(offset)) {
            givenUp.add(offset);
        }
    }

    /** Whether devices gave something up that nobody has confirmed. */
    boolean hasGivenUp() {
        return !givenUp.isEmpty();
    }

    void written(long offset) {
        writtenUpTo = Math.max(writtenUpTo, offset);
    }

    /** All confirmations are about to be stored. */
    void storing() {
        storingUpTo = confirmedUpTo;
        givenUp.storing();
    }

    /** They are stored. */
    void stored() {
        if (givenUp.isEmpty()) {
            handed.removeUpTo(storingUpTo, (offset, message) -> {});
            return;
        }
        givenUp.stored();
        Map<Long, HandedMessage> stay = new HashMap<>();
        handed.removeUpTo(storingUpTo, (offset, message) -> {
            if (givenUp.contains(offset)) {
                stay.put(offset, message);
            }
        });
        stay.forEach(handed::add);
    }

    /** The lowest one handed and unconfirmed above an offset; 0 if there is none. */
    long oldestHandedAbove(long offset) {
        long given = givenUp.firstOpenAbove(offset);
        long first = handed.firstAbove(Math.max(offset, confirmedUpTo));
        boolean earlier = given != 0 && handed.contains(given) && (first == 0 || given < first);
        return earlier ? given : first;
    }

    long confirmedUpTo() {
        return confirmedUpTo;
    }

    long writtenUpTo() {
        return writtenUpTo;
    }
}
