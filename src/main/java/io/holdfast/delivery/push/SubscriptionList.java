package io.holdfast.delivery.push;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Subscriptions of one channel, in no particular order. Each knows its place in the list, so one that leaves costs the same
 * however many there are. A subscription is in one list at most. Used under the channel's lock.
 */
final class SubscriptionList {
    private final List<Subscription> all = new ArrayList<>(2);

    void add(Subscription subscription) {
        subscription.place(all.size());
        all.add(subscription);
    }

    /** The last one takes its place. @return false if it is not in this list */
    boolean remove(Subscription subscription) {
        int place = subscription.place();
        if (place >= all.size() || all.get(place) != subscription) {
            return false;
        }
        Subscription last = all.remove(all.size() - 1);
        if (last != subscription) {
            all.set(place, last);
            last.place(place);
        }
        return true;
    }

    Subscription get(int place) {
        return all.get(place);
    }

    int size() {
        return all.size();
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    void clear() {
        all.clear();
    }

    Iterable<Subscription> each() {
        return all;
    }

    /** How many of them are so. */
    int count(Predicate<Subscription> question) {
        return (int) all.stream().filter(question).count();
    }
}
