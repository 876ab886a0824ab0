package io.holdfast.stream.rocksdb;

import io.holdfast.stream.StoredStream;
import io.holdfast.stream.StreamEngine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists the streams of a store by their names, past those in memory: a walk over all of them must not load them. */
final class StreamList {

    /** All names begin with 'N'. */
    private static final byte[] END = {'O'};

    private final Store store;

    StreamList(Store store) {
        this.store = store;
    }

    List<StoredStream> after(String name, int max) {
        byte[] last = Layout.nameKey(Layout.utf8(name));
        byte[] from = name.isEmpty() ? last : Arrays.copyOf(last, last.length + 1);
        List<StoredStream> found = new ArrayList<>();
        try (Store.Range names = store.range(Family.META, from, END)) {
            for (; names.isValid() && found.size() < max; names.next()) {
                StoredStream stream = stream(Layout.longAt(names.value(), 0));
                if (stream != null) {
                    found.add(stream);
                }
            }
        }
        return found;
    }

    /** What lies in outboxes above what was confirmed: a walk over their keys, for stores that did not count it yet. */
    long countWaiting() {
        long waiting = 0;
        byte[] outboxes = Layout.nameKey(new byte[] {(byte) StreamEngine.OUTBOX_PREFIX});
        byte[] end = Layout.nameKey(new byte[] {(byte) (StreamEngine.OUTBOX_PREFIX + 1)});
        try (Store.Range names = store.range(Family.META, outboxes, end)) {
            for (; names.isValid(); names.next()) {
                waiting += countWaiting(Layout.longAt(names.value(), 0));
            }
        }
        return waiting;
    }

    /** A walk over the names of all channels, and no others. */
    long countChannels() {
        byte[] firstOutbox = Layout.nameKey(new byte[] {(byte) StreamEngine.OUTBOX_PREFIX});
        byte[] behindOutboxes = Layout.nameKey(new byte[] {(byte) (StreamEngine.OUTBOX_PREFIX + 1)});
        return countNames(Layout.nameKey(new byte[] {' '}), firstOutbox) + countNames(behindOutboxes, END);
    }

    private long countNames(byte[] from, byte[] to) {
        long count = 0;
        try (Store.Range names = store.range(Family.META, from, to)) {
            for (; names.isValid(); names.next()) {
                count++;
            }
        }
        return count;
    }

    private long countWaiting(long number) {
        byte[] stored = store.get(Family.META, Layout.metaKey(number));
        if (stored == null) {
            return 0;
        }
        Layout.Meta meta = Layout.meta(stored);
        byte[] from = Layout.key(number, Math.max(meta.first(), meta.confirmedUpTo() + 1));
        long waiting = 0;
        try (Store.Range messages = store.range(Family.MESSAGES, from, Layout.key(number + 1))) {
            for (; messages.isValid(); messages.next()) {
                waiting++;
            }
        }
        return waiting;
    }

    @Nullable
    StoredStream find(String name) {
        byte[] number = store.get(Family.META, Layout.nameKey(Layout.utf8(name)));
        return number == null ? null : stream(Layout.longAt(number, 0));
    }

    /** Null if it was forgotten since its name was read. */
    private @Nullable StoredStream stream(long number) {
        byte[] stored = store.get(Family.META, Layout.metaKey(number));
        if (stored == null) {
            return null;
        }
        Layout.Meta meta = Layout.meta(stored);
        byte[] first = Layout.key(number, meta.first());
        try (Store.Range messages = store.range(Family.MESSAGES, first, Layout.key(number + 1))) {
            return new StoredStream(meta.name(), meta.usedMillis(), !messages.isValid(), store.devices(number));
        }
    }
}
