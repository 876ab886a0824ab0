package io.holdfast.stream.rocksdb;

import io.holdfast.stream.Publication;
import io.holdfast.stream.StreamStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Reads the newest publications before an offset. The memory table has a skip list for each stream, which can be read
 * forwards only, so a place is looked for from which forwards there are enough and not many more: its distance grows fourfold,
 * then by halves. Each try looks at no more than {@link #MORE} times as many keys as are wanted, whatever holes there are.
 */
final class BackwardsReader {
    private static final int MORE = 4;

    private final Store store;
    private final StreamState stream;
    private final StreamStatus info;
    /** Of the last try, in order. */
    private final List<Long> offsets = new ArrayList<>();

    private final List<Integer> sizes = new ArrayList<>();

    BackwardsReader(Store store, StreamState stream) {
        this.store = store;
        this.stream = stream;
        this.info = stream.info();
    }

    List<Publication> read(long before, int maxMessages, int maxBytes) {
        long end = Math.min(before, info.top().offset() + 1);
        if (info.messages() == 0 || end <= info.firstOffset()) {
            return List.of();
        }
        int wanted = Math.min(maxMessages, info.messages());
        find(end, wanted);
        int count = 0;
        long bytes = 0;
        while (count < Math.min(wanted, offsets.size())) {
            bytes += sizes.get(sizes.size() - 1 - count);
            if (bytes > maxBytes && count > 0) {
                break;
            }
            count++;
        }
        return count == 0 ? List.of() : decoded(offsets.get(offsets.size() - count), end);
    }

    /** Leaves at least as many offsets below {@code end} as are wanted, or all. */
    private void find(long end, int wanted) {
        long first = info.firstOffset();
        long tooMany = -1;
        long tooFew = end;
        long from = Math.max(first, end - wanted);
        while (true) {
            boolean all = look(from, end, MORE * wanted);
            if (all && (offsets.size() >= wanted || from == first || from == tooMany)) {
                return; // the last where the writer has removed some meanwhile
            }
            if (all) {
                tooFew = from;
            } else {
                tooMany = from;
            }
            from = tooMany < 0 ? Math.max(first, end - MORE * (end - from)) : tooMany + (tooFew - tooMany) / 2;
        }
    }

    /** @return false if there are more than {@code most} */
    private boolean look(long from, long end, int most) {
        offsets.clear();
        sizes.clear();
        byte[] key = new byte[16];
        byte[] head = new byte[4];
        try (Store.Range messages = range(from, end)) {
            for (; messages.isValid(); messages.next()) {
                if (offsets.size() >= most) {
                    return false;
                }
                messages.key(key);
                messages.valueHead(head);
                offsets.add(Layout.longAt(key, 8));
                sizes.add(Layout.intAt(head, 0));
            }
        }
        return true;
    }

    private List<Publication> decoded(long from, long end) {
        List<Publication> found = new ArrayList<>();
        byte[] key = new byte[16];
        try (Store.Range messages = range(from, end)) {
            for (; messages.isValid(); messages.next()) {
                messages.key(key);
                found.add(Layout.publication(Layout.longAt(key, 8), messages.value()));
            }
        }
        Collections.reverse(found);
        return found;
    }

    private Store.Range range(long from, long end) {
        return store.range(Family.MESSAGES, Layout.key(stream.number(), from), Layout.key(stream.number(), end));
    }
}
