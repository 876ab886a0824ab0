package io.holdfast.delivery.outbox;

import io.holdfast.stream.StreamStatus;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What this node knows of an outbox's messages: which ones connections here were handed, and up to where they are confirmed. What
 * becomes of a message the engine decides, also among several nodes, and tells the one whose change it was. Guarded by the
 * outbox's lock.
 */
final class MessageTally {
    private static final int MOST_ENDED = 10_000;

    /** Takes what is acknowledged for the first time. */
    interface Acknowledged {
        void acknowledged(long offset, HandedMessage message);
    }

    private final Acknowledged acknowledged;

    /** Handed to some connection, and not known to be confirmed in the engine or gone. */
    private final LongQueue<HandedMessage> handed = new LongQueue<>();

    /** Known to have expired or to be dead, or about to be recorded as such, and above what is confirmed. */
    private final LongQueue<Boolean> ended = new LongQueue<>();

    /** What devices gave up, and the engine has not seen confirmed: no confirmation of something later confirms it. */
    private final TreeSet<Long> givenUp = new TreeSet<>();

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
        givenUp.clear();
        confirmedUpTo = 0;
        storingUpTo = 0;
        droppedUpTo = 0;
        writtenUpTo = 0;
        refresh(info);
    }

    /** Learns what other nodes have done. */
    void refresh(StreamStatus info) {
        confirmedUpTo = Math.max(
                confirmedUpTo, Math.min(info.confirmedUpTo(), info.top().offset()));
        droppedUpTo = Math.max(droppedUpTo, info.lostUpTo());
        givenUp.addAll(info.givenUp());
    }

    void handed(long offset, HandedMessage message) {
        if (isOpen(offset)) {
            handed.add(offset, message);
        }
    }

    /** Whether a confirmation may acknowledge it. */
    private boolean isOpen(long offset) {
        return isUnconfirmed(offset) && offset > droppedUpTo && !ended.contains(offset);
    }

    private boolean isUnconfirmed(long offset) {
        return offset > confirmedUpTo || givenUp.contains(offset);
    }

    /** A device has confirmed up to an offset. That counts when the engine has stored it. */
    void confirmed(long offset) {
        if (offset > confirmedUpTo) {
            confirmedUpTo = offset;
            ended.removeUpTo(offset, (number, gone) -> {});
        }
    }

    /**
     * The engine has stored that these are confirmed, which no device had done before.
     *
     * @param elsewhere gets those that no connection here was handed
     */
    void acknowledged(long[] offsets, LongConsumer elsewhere) {
        for (long offset : offsets) {
            givenUp.remove(offset);
            HandedMessage message = handed.get(offset);
            if (message == null) {
                elsewhere.accept(offset);
            } else {
                handed.remove(offset);
                acknowledged.acknowledged(offset, message);
            }
        }
    }

    /** It is about to be recorded that it has expired. @return whether that is new, and nobody is known to have confirmed it */
    boolean expired(long offset) {
        boolean fresh = isOpen(offset);
        if (fresh) {
            remove(offset, null);
        }
        return fresh;
    }

    /** It has left the stream unconfirmed, or is about to. @param droppedUpTo null unless it was dropped */
    void remove(long offset, @Nullable Long droppedUpTo) {
        if (droppedUpTo != null) {
            this.droppedUpTo = Math.max(this.droppedUpTo, droppedUpTo);
        }
        handed.remove(offset);
        givenUp.remove(offset);
        if (ended.size() > MOST_ENDED) {
            ended.removeUpTo(ended.firstAbove(0), (number, gone) -> {});
        }
        if (offset > Math.max(confirmedUpTo, this.droppedUpTo)) {
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
    }

    /** They are stored, and what was acknowledged by them is told. */
    void stored() {
        long[] stay = givenUp.stream()
                .mapToLong(each -> each)
                .filter(handed::contains)
                .toArray();
        HandedMessage[] kept = Arrays.stream(stay).mapToObj(handed::get).toArray(HandedMessage[]::new);
        handed.removeUpTo(storingUpTo, (offset, message) -> {});
        for (int i = 0; i < stay.length; i++) {
            handed.add(stay[i], kept[i]);
        }
    }

    /** The lowest one handed and unconfirmed above an offset; 0 if there is none. */
    long oldestHandedAbove(long offset) {
        Long given = givenUp.higher(offset);
        while (given != null && !handed.contains(given)) {
            given = givenUp.higher(given);
        }
        long first = handed.firstAbove(Math.max(offset, confirmedUpTo));
        return given != null && (first == 0 || given < first) ? given : first;
    }

    long confirmedUpTo() {
        return confirmedUpTo;
    }

    long writtenUpTo() {
        return writtenUpTo;
    }
}
