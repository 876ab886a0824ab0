package io.holdfast.delivery.outbox;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A map from numbers in rising order, in one ring; made for numbers that mostly come rising and leave from the front.
 *
 * @param <T> what belongs to a number; never null
 */
final class LongQueue<T> {

    /** Takes what is removed. */
    interface Taker<T> {
        void take(long number, T value);
    }

    private long[] ring = new long[8];
    private @Nullable Object[] values = new Object[8];
    private int head;
    private int size;

    /** Adds a number. Cheap at the end, a shift elsewhere. @return false if it was there */
    boolean add(long value, T belonging) {
        int at = size;
        if (size > 0 && value <= at(size - 1)) {
            at = indexOf(value);
            if (at(at) == value) {
                return false;
            }
        }
        if (size == ring.length) {
            grow();
        }
        for (int i = size; i > at; i--) {
            move(i - 1, i);
        }
        set(at, value, belonging);
        size++;
        return true;
    }

    /** Removes all up to and including a number. @return how many they were */
    @SuppressWarnings("unchecked")
    int removeUpTo(long limit, Taker<? super T> taker) {
        int removed = 0;
        while (size > 0 && ring[head] <= limit) {
            taker.take(ring[head], (T) Objects.requireNonNull(values[head]));
            removeFirst();
            removed++;
        }
        return removed;
    }

    /** Shows all above a number, up to and including another. */
    @SuppressWarnings("unchecked")
    void forEach(long after, long upTo, Taker<? super T> taker) {
        for (int i = indexOf(after + 1); i < size && at(i) <= upTo; i++) {
            taker.take(at(i), (T) Objects.requireNonNull(values[(head + i) & (ring.length - 1)]));
        }
    }

    /** What belongs to a number; null if it is not there. */
    @SuppressWarnings("unchecked")
    @Nullable
    T get(long value) {
        int at = indexOf(value);
        return at < size && at(at) == value ? (T) values[(head + at) & (ring.length - 1)] : null;
    }

    /** The lowest number above a limit; 0 if there is none. */
    long firstAbove(long limit) {
        int at = indexOf(limit + 1);
        return at < size ? at(at) : 0;
    }

    /** Removes one number, wherever it stands, if it is there. */
    void remove(long value) {
        if (!contains(value)) {
            return;
        }
        int at = indexOf(value);
        for (int i = at; i > 0; i--) {
            move(i - 1, i);
        }
        removeFirst();
    }

    boolean contains(long value) {
        int at = indexOf(value);
        return at < size && at(at) == value;
    }

    void clear() {
        Arrays.fill(values, null);
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

    private void set(int index, long value, @Nullable Object belonging) {
        int at = (head + index) & (ring.length - 1);
        ring[at] = value;
        values[at] = belonging;
    }

    private void move(int from, int to) {
        set(to, at(from), values[(head + from) & (ring.length - 1)]);
    }

    private void removeFirst() {
        values[head] = null;
        head = (head + 1) & (ring.length - 1);
        size--;
    }

    private void grow() {
        long[] larger = new long[ring.length * 2];
        Object[] more = new Object[ring.length * 2];
        for (int i = 0; i < size; i++) {
            larger[i] = at(i);
            more[i] = values[(head + i) & (ring.length - 1)];
        }
        ring = larger;
        values = more;
        head = 0;
    }
}
