package io.holdfast.delivery.push;

import io.holdfast.stream.Publication;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** The filters of one channel's subscriptions: equal ones are one, and decide once on each publication. Under the channel's lock. */
final class TagFilters {
    private final Map<Predicate<Map<String, String>>, Shared> all = new HashMap<>();
    private long round;

    /** A filter of one or more subscriptions. */
    final class Shared {
        private final Predicate<Map<String, String>> filter;
        private int subscriptions;
        private long decided = -1;
        private boolean passes;

        private Shared(Predicate<Map<String, String>> filter) {
            this.filter = filter;
        }

        /** Whether the publication of this round passes. */
        boolean passes(Publication publication) {
            if (decided != round) {
                decided = round;
                passes = filter.test(publication.tags());
            }
            return passes;
        }
    }

    Shared add(Predicate<Map<String, String>> filter) {
        Shared shared = all.computeIfAbsent(filter, Shared::new);
        shared.subscriptions++;
        return shared;
    }

    void remove(Shared shared) {
        if (--shared.subscriptions == 0) {
            all.remove(shared.filter);
        }
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Another publication comes. */
    void next() {
        round++;
    }
}
