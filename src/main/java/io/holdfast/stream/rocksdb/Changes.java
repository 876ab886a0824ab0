package io.holdfast.stream.rocksdb;

import io.holdfast.stream.FinalState;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
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
    private long newestMillis;
    private long removedBytes;

    Changes(Store store) {
        this.store = store;
        this.batch = store.newBatch();
        this.nowMillis = store.nowMillis();
        this.numbersBefore = store.nextNumber();
    }

    StreamState touch(String name) {
        StreamState stream = store.stream(name);
        if (!stream.touched) {
            stream.touched = true;
            stream.batchFirst = stream.top + 1;
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
        lookAgain(stream, nowMillis + store.options().emptyStreamRetention().toMillis());
    }

    void lookAgain(StreamState stream, long atMillis) {
        batch.putExpiry(atMillis, stream.number(), Long.MAX_VALUE, Layout.LOOK_AT_STREAM, new byte[0]);
    }

    /** Stored sizes of what was removed. */
    long removedBytes() {
        return removedBytes;
    }

    void removeMessage(StreamState stream, long offset) {
        removedBytes += stream.sizes.at(offset);
        batch.removeMessage(stream.number(), offset);
        stream.sizes.remove(offset);
        stream.metaChanged = true;
    }

    /** Records why a message left unconfirmed, if its id still stands for it. */
    void end(
            StreamState stream,
            byte[] id,
            Layout.@Nullable IdRecord known,
            long offset,
            FinalState state,
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
        }
    }

    /** A time that is stored. */
    void time(long millis) {
        newestMillis = Math.max(newestMillis, millis);
    }

    /** Writes, then makes visible. */
    void write(boolean sync) {
        for (StreamState stream : touched) {
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
        long seed = store.seed();
        if (!forgotten.isEmpty()) {
            seed = new SecureRandom().nextLong();
            batch.put(Family.STORE, StoreState.SEED, Layout.key(seed));
        }
        store.write(batch, sync);
        store.seed(seed);
        forgotten.forEach(store::forget);
        store.expiryFromMillis(Math.min(store.expiryFromMillis(), batch.earliestExpiryMillis()));
        publish();
    }

    private void publish() {
        store.newestMillis(newestMillis);
        touched.forEach(StreamState::publish);
    }
}
