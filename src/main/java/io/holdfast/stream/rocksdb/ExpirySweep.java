package io.holdfast.stream.rocksdb;

import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Removed;
import io.holdfast.stream.StreamEngine.Expired;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks the expiry family up to a moment: takes out what has expired, forgets ids, and forgets streams that were empty and
 * unused for long. Each entry is removed; what must be looked at again is put anew at a later time.
 */
final class ExpirySweep {

    private final Changes changes;
    private final Store store;
    private final StoreBatch out;
    private final long nowMillis;
    private final List<Removed> removed = new ArrayList<>();
    private @Nullable StreamState lastStream;

    ExpirySweep(Changes changes, long nowMillis) {
        this.changes = changes;
        this.store = changes.store;
        this.out = changes.batch;
        this.nowMillis = nowMillis;
    }

    Expired run(int max) {
        int looked = 0;
        boolean exhausted;
        long reached = store.expiryFromMillis();
        byte[] from = Layout.key(Math.max(0, reached));
        try (Store.Range entries = store.range(Family.EXPIRY, from, Layout.key(nowMillis + 1))) {
            while (looked < max && entries.isValid()) {
                byte[] key = entries.key();
                look(key, entries.value());
                reached = Layout.longAt(key, 0);
                looked++;
                entries.next();
            }
            exhausted = !entries.isValid();
        }
        store.expiryFromMillis(reached);
        changes.write(false);
        return new Expired(removed, exhausted);
    }

    private void look(byte[] key, byte[] value) {
        long number = Layout.longAt(key, 8);
        long offset = Layout.longAt(key, 16);
        out.removeExpiry(key);
        if (value[0] == Layout.LOOK_AT_STREAM) {
            lookAtStream(number);
            return;
        }
        byte[] id = new byte[value.length - 1];
        System.arraycopy(value, 1, id, 0, id.length);
        boolean retained = store.get(Family.MESSAGES, Layout.key(number, offset)) != null;
        if (value[0] == Layout.EXPIRE && retained) {
            expire(number, offset, id);
        } else if (value[0] == Layout.EXPIRE) {
            forgetLater(number, offset, id);
        } else if (retained) {
            out.putExpiry(nowMillis + retentionMillis(), number, offset, Layout.FORGET, id);
        } else {
            forget(number, offset, id);
        }
    }

    private void expire(long number, long offset, byte[] id) {
        StreamState stream = stream(number);
        if (stream == null) {
            return;
        }
        Layout.IdRecord known = store.id(number, id);
        if (offset > stream.confirmedUpTo) {
            removed.add(new Removed(stream.name(), offset, Layout.text(id, 0, id.length)));
            changes.end(stream, id, known, offset, FinalState.EXPIRED, nowMillis);
        }
        changes.removeMessage(stream, offset);
        if (known != null && known.offset() == offset) {
            putForget(number, offset, id, known, nowMillis);
        }
    }

    /** It left before its time: confirmed at an unknown moment, or ended at a known one. */
    private void forgetLater(long number, long offset, byte[] id) {
        Layout.IdRecord known = store.id(number, id);
        if (known != null && known.offset() == offset) {
            putForget(number, offset, id, known, known.state() == null ? nowMillis : known.finalAtMillis());
        }
    }

    private void forget(long number, long offset, byte[] id) {
        Layout.IdRecord known = store.id(number, id);
        if (known == null || known.offset() != offset) {
            return;
        }
        if (dueMillis(known, known.finalAtMillis()) > nowMillis) {
            putForget(number, offset, id, known, known.finalAtMillis());
        } else {
            out.removeId(number, id);
        }
    }

    private void putForget(long number, long offset, byte[] id, Layout.IdRecord known, long endedAtMillis) {
        long due = Math.max(nowMillis + 1, dueMillis(known, endedAtMillis));
        out.putExpiry(due, number, offset, Layout.FORGET, id);
    }

    private long dueMillis(Layout.IdRecord known, long endedAtMillis) {
        return Math.max(endedAtMillis + retentionMillis(), known.publishedAtMillis() + store.windowMillis());
    }

    private long retentionMillis() {
        return Math.max(1, store.options().stateRetention().toMillis());
    }

    private void lookAtStream(long number) {
        StreamState stream = stream(number);
        if (stream == null) {
            return;
        }
        long lastUse = stream.usedMillis;
        for (DeviceCursor cursor : stream.nextDevices) {
            lastUse = Math.max(lastUse, cursor.seenAtMillis());
        }
        long due = lastUse + store.options().emptyStreamRetention().toMillis();
        if (stream.sizes.messages() > 0 || due > nowMillis) {
            long again = nowMillis + store.options().emptyStreamRetention().toMillis();
            changes.lookAgain(stream, Math.max(nowMillis + 1, stream.sizes.messages() > 0 ? again : due));
            return;
        }
        changes.forget(stream);
    }

    /** Null where the stream was forgotten before. */
    private @Nullable StreamState stream(long number) {
        if (lastStream == null || lastStream.number() != number) {
            byte[] meta = store.get(Family.META, Layout.metaKey(number));
            lastStream = meta == null ? null : changes.touch(Layout.meta(meta).name());
        }
        return lastStream;
    }
}
