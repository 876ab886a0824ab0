package io.holdfast.stream.rocksdb;

import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * The stored sizes of a stream's retained publications, by offset: what trimming and bounding need to know without
 * reading. 4 bytes for each offset; 0 is a hole. Where holes take most of the room, the few publications between them move
 * into a map, so that the memory depends on the retained publications and not on all that were ever stored.
 *
 * <p>Threads: filled by the thread that loads the stream, then used by the writer only.
 */
final class Sizes {

    /** Below this many offsets holes do not matter. */
    private static final int MUCH = 1_024;
    /** With more offsets than this for each publication it is holes that take the room. */
    private static final int SPARSE = 16;

    private int[] sizes = new int[4];
    /** Index of {@link #first} in the array; the array is not a ring: it is moved when its end is reached. */
    private int head;

    private int length;
    /** Of the array. */
    private long first;
    /** What lies below {@code first}. */
    private final TreeMap<Long, Integer> scattered = new TreeMap<>();

    private int messages;
    private long bytes;
    private long confirmedUpTo;
    private int waiting;
    private long waitingBytes;

    /**
     * @param first the lowest offset that may come
     * @param confirmedUpTo what lies above it waits
     */
    Sizes(long first, long confirmedUpTo) {
        this.first = first;
        this.confirmedUpTo = confirmedUpTo;
    }

    /** Publications above the confirmed offset. */
    int waiting() {
        return waiting;
    }

    long waitingBytes() {
        return waitingBytes;
    }

    /** What lies up to here waits no more. Looks at each offset once. @param now gets what waited until now, rising */
    void confirm(long upTo, LongConsumer now) {
        if (upTo > confirmedUpTo) {
            scattered.subMap(confirmedUpTo, false, upTo, true).forEach((offset, size) -> confirm(offset, size, now));
        }
        long last = Math.min(upTo, first + length - 1);
        for (long offset = Math.max(first, confirmedUpTo + 1); offset <= last; offset++) {
            confirm(offset, at(offset), now);
        }
        confirmedUpTo = Math.max(confirmedUpTo, upTo);
    }

    private void confirm(long offset, int size, LongConsumer now) {
        if (size > 0) {
            changeWaiting(size, -1);
            now.accept(offset);
        }
    }

    private void changeWaiting(int size, int by) {
        if (size > 0) {
            waiting += by;
            waitingBytes += (long) by * size;
        }
    }

    /** Lowest retained offset; one above the newest where nothing is retained. */
    long first() {
        return scattered.isEmpty() ? first : scattered.firstKey();
    }

    int messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }

    /** Stored size of the publication, 0 if it is not retained. A stored publication is never empty: it has an id. */
    int at(long offset) {
        if (offset < first) {
            return scattered.getOrDefault(offset, 0);
        }
        return offset >= first + length ? 0 : sizes[head + (int) (offset - first)];
    }

    /** Adds the publication at the end; offsets between are holes. */
    void add(long offset, int size) {
        if (messages == 0) {
            length = 0;
            head = 0;
            first = offset;
        }
        if (offset - first >= MUCH && (offset - first) / SPARSE > messages) {
            scatter(offset);
        }
        int index = (int) (offset - first);
        room(index + 1);
        Arrays.fill(sizes, head + length, head + index, 0);
        sizes[head + index] = size;
        length = index + 1;
        messages++;
        bytes += size;
        if (offset > confirmedUpTo) {
            changeWaiting(size, 1);
        }
    }

    /** Takes one out; the first moves on past holes. */
    void remove(long offset) {
        int size = at(offset);
        if (size == 0) {
            return;
        }
        messages--;
        bytes -= size;
        if (offset > confirmedUpTo) {
            changeWaiting(size, -1);
        }
        if (offset < first) {
            scattered.remove(offset);
            return;
        }
        sizes[head + (int) (offset - first)] = 0;
        while (length > 0 && sizes[head] == 0) {
            head++;
            length--;
            first++;
        }
        if (length == 0) {
            head = 0;
            sizes = sizes.length > 64 ? new int[4] : sizes;
        }
    }

    private void scatter(long next) {
        for (int i = 0; i < length; i++) {
            if (sizes[head + i] != 0) {
                scattered.put(first + i, sizes[head + i]);
            }
        }
        sizes = new int[4];
        head = 0;
        length = 0;
        first = next;
    }

    /** For tests. */
    int slots() {
        return sizes.length + scattered.size();
    }

    private void room(int wanted) {
        if (head + wanted <= sizes.length) {
            return;
        }
        int[] to = wanted > sizes.length / 2 ? new int[2 * wanted] : sizes;
        System.arraycopy(sizes, head, to, 0, length);
        sizes = to;
        head = 0;
    }
}
