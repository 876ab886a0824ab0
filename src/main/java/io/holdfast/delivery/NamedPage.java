package io.holdfast.delivery;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One page of a list that is ordered by name.
 *
 * @param more whether more entries follow
 */
public record NamedPage<T>(SortedMap<String, T> entries, boolean more) {

    public NamedPage {
        entries = Collections.unmodifiableSortedMap(entries);
    }

    /** Collects the first names behind a place, however many come and in whatever order. For one thread. */
    public static final class Collector<T> {
        private final Listing<T> listing;
        private final String after;
        private final int most;
        private final TreeMap<String, T> first = new TreeMap<>();
        private boolean more;

        /**
         * @param after only names behind this one; empty for all
         * @param most at least 1
         */
        public Collector(Listing<T> listing, String after, int most) {
            this.listing = listing;
            this.after = after;
            this.most = most;
        }

        /** Adds an entry; with one of the same name it is merged. */
        public void add(String name, T value) {
            if (name.compareTo(after) <= 0 || (more && name.compareTo(first.lastKey()) > 0)) {
                return;
            }
            first.merge(name, value, listing::merged);
            if (first.size() > most) {
                first.pollLastEntry();
                more = true;
            }
        }

        public NamedPage<T> page() {
            return new NamedPage<>(first, more);
        }
    }
}
