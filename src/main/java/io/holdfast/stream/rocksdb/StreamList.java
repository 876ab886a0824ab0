package io.holdfast.stream.rocksdb;

import io.holdfast.stream.StoredStream;
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
