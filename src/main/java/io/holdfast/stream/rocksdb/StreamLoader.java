package io.holdfast.stream.rocksdb;

import io.holdfast.stream.DeviceCursor;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads a stream's state: its meta, the sizes of what it retains, its devices. Where the meta may be behind, the messages
 * are read.
 */
final class StreamLoader {

    private final Store store;
    private final Failures failures;

    /** @param givenUp offsets, in the order of their digits; some may be retained no more */
    private record Cursors(List<DeviceCursor> devices, List<Long> givenUp) {}

    StreamLoader(Store store, Failures failures) {
        this.store = store;
        this.failures = failures;
    }

    StreamState load(String name) {
        byte[] number = store.get(Family.META, Layout.nameKey(Layout.utf8(name)));
        if (number == null) {
            long epoch = StoreState.epochName(store.seed(), name);
            return new StreamState(name, 0, epoch, store.generation(), null, new Sizes(1, 0), 0, List.of(), List.of());
        }
        return load(name, Layout.longAt(number, 0));
    }

    private StreamState load(String name, long number) {
        byte[] stored = store.get(Family.META, Layout.metaKey(number));
        if (stored == null) {
            throw failures.corrupt("a stream's meta is missing", null);
        }
        Layout.Meta meta = Layout.meta(stored);
        Sizes sizes = new Sizes(meta.first(), meta.confirmedUpTo());
        long top = meta.top();
        byte[] from = Layout.key(number, meta.first());
        try (Store.Range messages = store.range(Family.MESSAGES, from, Layout.key(number + 1))) {
            byte[] key = new byte[16];
            byte[] head = new byte[4];
            for (; messages.isValid(); messages.next()) {
                messages.key(key);
                messages.valueHead(head);
                long offset = Layout.longAt(key, 8);
                sizes.add(offset, Layout.intAt(head, 0));
                top = Math.max(top, offset);
            }
        }
        Cursors cursors = cursors(number);
        List<Long> givenUp = cursors.givenUp().stream()
                .filter(offset -> sizes.at(offset) > 0)
                .sorted()
                .toList();
        return new StreamState(
                name, number, meta.epoch(), store.generation(), meta, sizes, top, cursors.devices(), givenUp);
    }

    List<DeviceCursor> devices(long number) {
        return cursors(number).devices();
    }

    /** Both in one pass: each range costs an iterator. */
    private Cursors cursors(long number) {
        long latest = Math.max(store.newestMillis(), store.nowMillis()); // a clock may have been ahead once
        List<DeviceCursor> devices = new ArrayList<>();
        List<Long> givenUp = new ArrayList<>(0);
        try (Store.Range entries = store.range(Family.CURSORS, Layout.key(number), Layout.key(number + 1))) {
            for (; entries.isValid(); entries.next()) {
                byte[] key = entries.key();
                byte[] value = entries.value();
                if (Layout.isGivenUp(key)) {
                    givenUp.add(Layout.longAt(value, 0));
                    continue;
                }
                long generation = value.length > 16 ? Layout.longAt(value, 16) : 0;
                devices.add(new DeviceCursor(
                        Layout.text(key, 8, key.length),
                        Layout.longAt(value, 0),
                        Math.min(Layout.longAt(value, 8), latest),
                        generation != store.generation()));
            }
        }
        return new Cursors(List.copyOf(devices), givenUp);
    }
}
