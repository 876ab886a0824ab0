package io.holdfast.delivery;

/** A set of numbers in rising order, in one ring; made for numbers that mostly come rising and leave from the front. */
final class LongQueue {
    private long[] ring = new long[8];
    private int head;
    private int size;

    /** Adds a number unless it is there. Cheap at the end, a shift elsewhere. */
    void add(long value) {
        int at = size;
        if (size > 0 && value <= at(size - 1)) {
            at = indexOf(value);
            if (at(at) == value) {
                return;
            }
        }
        if (size == ring.length) {
            grow();
        }
        for (int i = size; i > at; i--) {
            set(i, at(i - 1));
        }
        set(at, value);
        size++;
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
        int at = indexOf(limit + 1);
        return at < size ? at(at) : 0;
    }

    /** Removes one number, wherever it stands, if it is there. */
    void remove(long value) {
        int at = indexOf(value);
        if (at == size || at(at) != value) {
            return;
        }
        for (int i = at; i > 0; i--) {
            set(i, at(i - 1));
        }
        head = (head + 1) & (ring.length - 1);
        size--;
    }

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    /** Where the first number that is not below a value stands; {@link #size} if there is none. */
    private int indexOf(long value) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle) < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private long at(int index) {
        return ring[(head + index) & (ring.length - 1)];
    }

    private void set(int index, long value) {
        ring[(head + index) & (ring.length - 1)] = value;
    }

    private void grow() {
        long[] larger = new long[ring.length * 2];
        for (int i = 0; i < size; i++) {
            larger[i] = at(i);
        }
        ring = larger;
        head = 0;
    }
}
