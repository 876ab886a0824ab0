package io.holdfast.stream.rocksdb;

import io.holdfast.stream.FinalState;
import io.holdfast.stream.StreamEngine;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one write of the engine does to streams: collected with {@link StoreBatch}, written once, then made visible.
 *
 * <p>Threads: the writer's only. After an exception the store is closed, and with it goes what was prepared.
 */
final class Changes {

    final Store store;
    final StoreBatch batch;
    final long nowMillis;

    private final List<StreamState> touched = new ArrayList<>();
    private final List<StreamState> forgotten = new ArrayList<>(0);
    private final long numbersBefore;
    private final long windowBefore;
    private long newestMillis;
    private long removedBytes;
    private int moreChannels;

    Changes(Store store) {
        this.store = store;
        this.batch = store.nextBatch();
        this.nowMillis = store.nowMillis();
        this.numbersBefore = store.nextNumber();
        this.windowBefore = store.windowMillis();
    }

    StreamState touch(String name) {
        StreamState stream = store.stream(name);
        if (!stream.touched) {
            stream.touched = true;
            stream.batchFirst = stream.top + 1;
            stream.waitingBefore = stream.waiting();
            touched.add(stream);
        }
        return stream;
    }

    /** Gives the stream its number and its first look for being unused, if it has none yet. */
    void begin(StreamState stream) {
        if (stream.number() != 0) {
            return;
        }
        stream.number(store.takeNumber());
        stream.metaChanged = true;
        stream.usedMillis = nowMillis;
        batch.putName(stream.name(), stream.number());
        moreChannels += StreamEngine.isChannel(stream.name()) ? 1 : 0;
        lookAgain(stream, nowMillis + store.options().emptyStreamRetention().toMillis());
    }

    void lookAgain(StreamState stream, long atMillis) {
        batch.putExpiry(atMillis, stream.number(), Long.MAX_VALUE, Layout.LOOK_AT_STREAM, new byte[0]);
    }

    /**
     * Something of a stream was confirmed, or a device passed it: notes a look for when its recovery window is over, unless
     * one was noted a moment ago. The last look notes another one for what came after it.
     */
    void confirmed(StreamState stream, long atMillis) {
        long slot = store.options().outboxes().slotMillis();
        long at =
                Math.max(atMillis, stream.nextLookMillis - slot); // the times of several devices may come out of order
        if (at >= stream.nextLookMillis && stream.sizes.messages() > 0) {
            stream.nextLookMillis = at + slot;
            lookAtConfirmed(stream, at + store.options().outboxes().windowMillis());
        }
    }

    /** All that is confirmed now is looked at then. */
    void lookAtConfirmed(StreamState stream, long atMillis) {
        stream.looksUpTo = stream.confirmedUpTo;
        batch.putLookAtConfirmed(atMillis, stream.number(), stream.confirmedUpTo, stream.confirmedUpTo);
    }

    /** A device gave up a publication that no device has confirmed. */
    void giveUp(StreamState stream, long offset) {
        List<Long> all = new ArrayList<>(stream.givenUp);
        all.add(-1 - Collections.binarySearch(all, offset), offset);
        stream.givenUp = List.copyOf(all);
        batch.putGivenUp(stream.number(), offset, stream.generation());
    }

    /** Somebody has confirmed it, or it leaves. */
    void noMoreGivenUp(StreamState stream, Predicate<Long> which) {
        for (long offset : stream.givenUp) {
            if (which.test(offset)) {
                batch.removeGivenUp(stream.number(), offset);
            }
        }
        stream.givenUp = stream.givenUp.stream().filter(which.negate()).toList();
    }

    /** What devices gave up is looked at then, if there is any. */
    void lookAtGivenUp(StreamState stream, long atMillis) {
        if (!stream.givenUp.isEmpty()) {
            batch.putLookAtGivenUp(atMillis, stream.number());
        }
    }

    /** Removes settled publications. A device with a lower cursor must be told. @return how many were removed */
    int trim(StreamState stream, long upTo) {
        int trimmed = 0;
        for (; stream.sizes.messages() > 0 && stream.sizes.first() <= upTo; trimmed++) {
            stream.lostUpTo = Math.max(stream.lostUpTo, stream.sizes.first());
            removeMessage(stream, stream.sizes.first());
        }
        return trimmed;
    }

    /** Stored sizes of what was removed. */
    long removedBytes() {
        return removedBytes;
    }

    void removeMessage(StreamState stream, long offset) {
        removedBytes += stream.sizes.at(offset);
        if (!stream.givenUp.isEmpty()) {
            int before = stream.givenUp.size();
            noMoreGivenUp(stream, each -> each == offset);
            if (stream.givenUp.size() < before) {
                lookAtConfirmed(stream, nowMillis + store.options().outboxes().windowMillis());
            }
        }
        batch.removeMessage(stream.number(), offset);
        stream.sizes.remove(offset);
        stream.metaChanged = true;
    }

    /** Records why a message left unconfirmed, if its id still stands for it. @param state null: it was confirmed */
    void end(
            StreamState stream,
            byte[] id,
            Layout.@Nullable IdRecord known,
            long offset,
            @Nullable FinalState state,
            long atMillis) {
        if (known != null && known.offset() == offset) {
            batch.putId(stream.number(), id, known.ended(state, atMillis));
            time(atMillis);
        }
    }

    /** Takes a stream out that retains nothing, with its devices; whatever comes under its name has another epoch. */
    void forget(StreamState stream) {
        stream.nextDevices.forEach(cursor -> batch.removeCursor(stream.number(), cursor.device()));
        batch.removeStream(stream.number(), stream.name());
        stream.metaChanged = false;
        if (!forgotten.contains(stream)) {
            forgotten.add(stream);
            moreChannels -= StreamEngine.isChannel(stream.name()) ? 1 : 0;
        }
    }

    /** A time that is stored. */
    void time(long millis) {
        newestMillis = Math.max(newestMillis, millis);
    }

    /** Writes, then makes visible. */
    void write(boolean sync) {
        long waiting = store.waiting();
        for (StreamState stream : touched) {
            waiting += stream.outbox() ? stream.waiting() - stream.waitingBefore : 0;
            if (stream.metaChanged) {
                stream.usedMillis = Math.max(stream.usedMillis, nowMillis);
                batch.putMeta(stream.number(), stream.meta());
                stream.announceLoss();
            }
        }
        if (batch.isEmpty()) {
            publish();
            return;
        }
        if (newestMillis > store.newestMillis()) {
            batch.put(Family.STORE, StoreState.NEWEST, Layout.key(newestMillis));
        }
        if (store.nextNumber() != numbersBefore) {
            batch.put(Family.STORE, StoreState.NEXT, Layout.key(store.nextNumber()));
        }
        if (waiting != store.waiting()) {
            batch.put(Family.STORE, StoreState.WAITING, Layout.key(waiting));
        }
        if (store.windowMillis() != windowBefore) {
            batch.put(Family.STORE, StoreState.WINDOW, Layout.key(store.windowMillis()));
        }
        long seed = store.seed();
        if (!forgotten.isEmpty()) {
            seed = new SecureRandom().nextLong();
            batch.put(Family.STORE, StoreState.SEED, Layout.key(seed));
        }
        store.write(batch, sync);
        store.seed(seed);
        store.waiting(waiting);
        store.channels(store.channels() + moreChannels);
        forgotten.forEach(store::forget);
        store.expiryFromMillis(Math.min(store.expiryFromMillis(), batch.earliestExpiryMillis()));
        publish();
    }

    private void publish() {
        store.newestMillis(newestMillis);
        touched.forEach(StreamState::publish);
    }
}
