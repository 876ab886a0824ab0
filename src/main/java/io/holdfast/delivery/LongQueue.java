package io.holdfast.delivery;

/** A first-in-first-out queue of rising numbers in one array. Not thread-safe. */
final class LongQueue {
    private long[] ring = new long[8];
    private int head;
    private int size;

    /** Adds a number unless it is not above the last one. */
    void addRising(long value) {
        if (size > 0 && value <= ring[(head + size - 1) & (ring.length - 1)]) {
            return;
        }
        if (size == ring.length) {
            grow();
        }
        ring[(head + size++) & (ring.length - 1)] = value;
    }

    /** Removes all up to and including a number. @return how many they were */
    int removeUpTo(long limit) {
        int removed = 0;
        while (size > 0 && ring[head] <= limit) {
            head = (head + 1) & (ring.length - 1);
            size--;
            removed++;
        }
        return removed;
    }

    /** The lowest number above a limit; 0 if there is none. */
    long firstAbove(long limit) {
        for (int i = 0; i < size; i++) {
            long value = ring[(head + i) & (ring.length - 1)];
            if (value > limit) {
                return value;
            }
        }
        return 0;
    }

    /** Removes one number, wherever it stands, if it is there. */
    void remove(long value) {
        int at = 0;
        while (at < size && ring[(head + at) & (ring.length - 1)] != value) {
            at++;
        }
        if (at == size) {
            return;
        }
        for (int i = at; i < size - 1; i++) {
            ring[(head + i) & (ring.length - 1)] = ring[(head + i + 1) & (ring.length - 1)];
        }
        size--;
    }

    private void grow() {
        long[] larger = new long[ring.length * 2];
        for (int i = 0; i < size; i++) {
            larger[i] = ring[(head + i) & (ring.length - 1)];
        }
        ring = larger;
        head = 0;
    }
}
