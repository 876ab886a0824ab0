package io.holdfast.delivery;

import io.holdfast.stream.StreamInfo;

/**
 * What has become of an outbox's messages, each counted once: acknowledged, expired or dropped. Guarded by the outbox's
 * lock.
 */
final class MessageTally {
    private static final int MOST_EXPIRED = 10_000;

    /** Takes what is acknowledged for the first time. */
    interface Acknowledged {
        void acknowledged(long offset, Outgoing.Message message);
    }

    private final Acknowledged acknowledged;

    /** Handed to some connection, neither confirmed nor gone: what a confirmation acknowledges. */
    private final LongQueue<Outgoing.Message> handed = new LongQueue<>();

    /** Known to have expired and above what is confirmed: told and counted already. */
    private final LongQueue<Boolean> expired = new LongQueue<>();

    private long confirmedUpTo;
    private long droppedUpTo;
    private long writtenUpTo;

    MessageTally(Acknowledged acknowledged) {
        this.acknowledged = acknowledged;
    }

    /** Begins anew with what the engine knows. */
    void begin(StreamInfo info) {
        handed.clear();
        expired.clear();
        confirmedUpTo = Math.min(info.confirmedUpTo(), info.top().offset());
        droppedUpTo = info.lostUpTo();
        writtenUpTo = 0;
    }

    void handed(long offset, Outgoing.Message message) {
        if (offset > confirmedUpTo && offset > droppedUpTo && !expired.contains(offset)) {
            handed.add(offset, message);
        }
    }

    /** Everything up to an offset is confirmed. */
    void confirmed(long offset) {
        if (offset > confirmedUpTo) {
            confirmedUpTo = offset;
            handed.removeUpTo(offset, acknowledged::acknowledged);
            expired.removeUpTo(offset, (number, gone) -> {});
        }
    }

    /** @return whether that is new and nobody had confirmed it */
    boolean expired(long offset) {
        handed.remove(offset);
        if (expired.size() > MOST_EXPIRED) {
            expired.removeUpTo(expired.firstAbove(0), (number, gone) -> {});
        }
        return offset > confirmedUpTo && offset > droppedUpTo && expired.add(offset, true);
    }

    /** @return whether nobody had confirmed it, nor its time run out */
    boolean dropped(long offset) {
        droppedUpTo = Math.max(droppedUpTo, offset);
        handed.remove(offset);
        return offset > confirmedUpTo && !expired.contains(offset);
    }

    /** It was given up: no later confirmation acknowledges it. @return whether nobody had confirmed it */
    boolean dead(long offset) {
        handed.remove(offset);
        return offset > confirmedUpTo && !expired.contains(offset);
    }

    void written(long offset) {
        writtenUpTo = Math.max(writtenUpTo, offset);
    }

    /** The lowest one handed and unconfirmed above an offset; 0 if there is none. */
    long oldestHandedAbove(long offset) {
        return handed.firstAbove(offset);
    }

    long confirmedUpTo() {
        return confirmedUpTo;
    }

    long writtenUpTo() {
        return writtenUpTo;
    }
}
