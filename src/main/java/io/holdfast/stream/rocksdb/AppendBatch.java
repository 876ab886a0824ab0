package io.holdfast.stream.rocksdb;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Removed;
import io.holdfast.stream.Retention;
import io.holdfast.stream.Version;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Decides what becomes of each append of a batch, in order, and prepares the one write that does it. */
final class AppendBatch {

    private final Changes changes;
    private final Store store;
    private final StoreBatch out;
    private final long stateRetentionMillis;
    private final CRC32C crc = new CRC32C();
    /** What this batch stores or changes under ids; the store does not know it yet. */
    private final Map<IdKey, Layout.IdRecord> ids = new HashMap<>();
    /** What this batch stores as the last versions. */
    private final Map<StreamState, Version> versions = new HashMap<>();

    private final List<Append> stored = new ArrayList<>();
    private final List<StreamState> storedIn = new ArrayList<>();
    private final List<Long> storedAt = new ArrayList<>();

    private record IdKey(StreamState stream, String id) {}

    AppendBatch(Changes changes) {
        this.changes = changes;
        this.store = changes.store;
        this.out = changes.batch;
        this.stateRetentionMillis = store.options().stateRetention().toMillis();
    }

    List<AppendOutcome> prepare(List<Append> appends) {
        List<AppendOutcome> outcomes = new ArrayList<>(appends.size());
        for (Append append : appends) {
            outcomes.add(prepare(append));
        }
        return outcomes;
    }

    private AppendOutcome prepare(Append append) {
        StreamState stream = changes.touch(append.stream());
        byte[] id = Layout.utf8(append.id());
        IdKey key = new IdKey(stream, append.id());
        int checksum = checksum(append.payload());
        Layout.IdRecord known = append.deduplicateFromMillis() == Append.NO_EARLIER ? null : known(stream, key, id);
        if (known != null
                && known.publishedAtMillis() >= append.deduplicateFromMillis()
                && hasItsMessage(stream, known)) {
            return new AppendOutcome.Duplicate(stream.position(known.offset()), known.checksum() != checksum);
        }
        Version version = append.version();
        if (version != null && !version.newerThan(last(stream))) {
            return new AppendOutcome.Outdated(stream.position(stream.top));
        }
        int size = StoreBatch.storedSize(append, id);
        Retention retention = append.retention();
        if (size > retention.maxBytes()) {
            return new AppendOutcome.Refused();
        }
        if (retention.overflow() == Retention.Overflow.REJECT && isFull(stream, retention, size)) {
            makeRoom(stream, retention, size);
            if (isFull(stream, retention, size)) {
                return new AppendOutcome.Refused();
            }
        }
        changes.begin(stream);
        long offset = ++stream.top;
        Layout.IdRecord record = new Layout.IdRecord(offset, append.publishedAtMillis(), checksum, null, 0);
        out.putMessage(stream.number(), offset, append, id, size);
        out.putId(stream.number(), id, record);
        putExpiry(stream, offset, append, id);
        stream.sizes.add(offset, size);
        remember(stream, key, offset, append, record);
        if (version != null) {
            versions.put(stream, version);
            Layout.VersionRecord last = new Layout.VersionRecord(version, offset, store.generation());
            out.put(Family.META, Layout.versionKey(stream.number()), last.value());
        }
        return new AppendOutcome.Stored(stream.position(offset), dropOverflow(stream, retention));
    }

    private Layout.@Nullable IdRecord known(StreamState stream, IdKey key, byte[] id) {
        Layout.IdRecord inBatch = ids.get(key);
        if (inBatch != null || stream.batchFirst == 1) {
            return inBatch;
        }
        return store.idForWriter(Layout.key(stream.number(), id));
    }

    /**
     * Always, but in a copy that was made while the store was written to: there the record may have come along without its
     * message, and must not keep the publisher's repetition from being stored. That a channel has dropped its message
     * is not in the record, but in the stream's losses.
     */
    private boolean hasItsMessage(StreamState stream, Layout.IdRecord known) {
        return store.generation() == 0
                || known.state() != null
                || known.offset() <= stream.confirmedUpTo
                || (known.offset() <= stream.lostUpTo && !stream.outbox())
                || stream.sizes.at(known.offset()) != 0;
    }

    /**
     * The last version of a stream; null for none. One that came along with a copy counts only with its publication, for the
     * reason of {@link #hasItsMessage}.
     */
    private @Nullable Version last(StreamState stream) {
        Version inBatch = versions.get(stream);
        if (inBatch != null || stream.number() == 0) {
            return inBatch;
        }
        byte[] stored = store.get(Family.META, Layout.versionKey(stream.number()));
        if (stored == null) {
            return null;
        }
        Layout.VersionRecord last = Layout.versionRecord(stored);
        boolean counts = last.generation() == store.generation() || stream.sizes.at(last.offset()) != 0;
        return counts ? last.version() : null;
    }

    private static boolean isFull(StreamState stream, Retention retention, int size) {
        return stream.sizes.messages() >= retention.maxMessages() || stream.sizes.bytes() + size > retention.maxBytes();
    }

    /** Removes settled publications that only wait for their recovery window, as many as necessary. */
    private void makeRoom(StreamState stream, Retention retention, int size) {
        long settled = stream.settledUpTo(store.options().outboxes(), changes.nowMillis);
        while (isFull(stream, retention, size) && stream.sizes.messages() > 0 && stream.sizes.first() <= settled) {
            changes.trim(stream, stream.sizes.first());
        }
    }

    private void putExpiry(StreamState stream, long offset, Append append, byte[] id) {
        if (append.expiresAtMillis() != Publication.NEVER) {
            out.putExpiry(append.expiresAtMillis(), stream.number(), offset, Layout.EXPIRE, id);
        } else {
            long forgetAt = append.publishedAtMillis() + Math.max(stateRetentionMillis, store.windowMillis());
            out.putExpiry(forgetAt, stream.number(), offset, Layout.FORGET, id);
        }
    }

    private void remember(StreamState stream, IdKey key, long offset, Append append, Layout.IdRecord record) {
        ids.put(key, record);
        stored.add(append);
        storedIn.add(stream);
        storedAt.add(offset);
        changes.time(append.publishedAtMillis());
        store.sawWindow(append.publishedAtMillis() - Math.max(0, append.deduplicateFromMillis()));
    }

    private List<Removed> dropOverflow(StreamState stream, Retention retention) {
        List<Removed> dropped = List.of();
        while (stream.sizes.messages() > retention.maxMessages() || stream.sizes.bytes() > retention.maxBytes()) {
            long oldest = stream.sizes.first();
            if (stream.outbox() && !stream.confirmed(oldest)) {
                Removed removed = drop(stream, oldest);
                dropped = dropped.isEmpty() ? new ArrayList<>() : dropped;
                dropped.add(removed);
            }
            // Another device, or a tab that comes back, may still need a confirmed publication: it is told of the loss.
            changes.trim(stream, oldest);
        }
        return dropped;
    }

    private Removed drop(StreamState stream, long offset) {
        String id = idOf(stream, offset);
        byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
        IdKey key = new IdKey(stream, id);
        Layout.IdRecord inBatch = ids.get(key);
        Layout.IdRecord known = inBatch != null ? inBatch : store.idForWriter(Layout.key(stream.number(), bytes));
        changes.end(stream, bytes, known, offset, FinalState.DROPPED, changes.nowMillis);
        if (known != null && known.offset() == offset) {
            ids.put(key, known.ended(FinalState.DROPPED, changes.nowMillis));
        }
        return new Removed(stream.name(), offset, id, FinalState.DROPPED);
    }

    private String idOf(StreamState stream, long offset) {
        if (offset >= stream.batchFirst) {
            for (int i = 0; i < stored.size(); i++) {
                if (storedIn.get(i) == stream && storedAt.get(i) == offset) {
                    return stored.get(i).id();
                }
            }
        }
        byte[] message = store.get(Family.MESSAGES, Layout.key(stream.number(), offset));
        if (message == null) {
            throw store.failures().corrupt("a retained message is missing", null);
        }
        return Layout.messageId(message);
    }

    private int checksum(byte[] payload) {
        crc.reset();
        crc.update(payload);
        return (int) crc.getValue();
    }
}
