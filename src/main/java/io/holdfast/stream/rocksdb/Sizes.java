package io.holdfast.stream.rocksdb;

import java.util.Arrays;

/**
 * The stored sizes of a stream's retained publications, by offset: what trimming and bounding need to know without
 * reading. 4 bytes for each offset from the first retained to the top; 0 is a hole.
 *
 * <p>Threads: filled by whoever loads the stream, then the writer's only.
 */
final class Sizes {

    private int[] sizes = new int[4];
    /** Index of {@link #first} in the array; the array is not a ring: it is moved when its end is reached. */
    private int head;

    private int length;
    private long first;
    private int messages;
    private long bytes;

    /** @param first the lowest offset that may come */
    Sizes(long first) {
        this.first = first;
    }

    /** Lowest retained offset; one above the newest where nothing is retained. */
    long first() {
        return first;
    }

    int messages() {
        return messages;
    }

    long bytes() {
        return bytes;
    }

    /** Stored size of the publication, 0 if it is not retained. A stored publication is never empty: it has an id. */
    int at(long offset) {
        return offset < first || offset >= first + length ? 0 : sizes[head + (int) (offset - first)];
    }

    /** Adds the publication at the end; offsets between are holes. */
    void add(long offset, int size) {
        if (messages == 0) {
            length = 0;
            head = 0;
            first = offset;
        }
        int index = (int) (offset - first);
        room(index + 1);
        Arrays.fill(sizes, head + length, head + index, 0);
        sizes[head + index] = size;
        length = index + 1;
        messages++;
        bytes += size;
    }

    /** Takes one out; the first moves on past holes. */
    void remove(long offset) {
        int size = at(offset);
        if (size == 0) {
            return;
        }
        sizes[head + (int) (offset - first)] = 0;
        messages--;
        bytes -= size;
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
