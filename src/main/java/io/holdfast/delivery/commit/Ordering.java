package io.holdfast.delivery.commit;

import io.holdfast.delivery.push.Channel;
import io.holdfast.delivery.push.Fanout;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Hands publications of a store that several nodes share to channels. Two nodes that publish to one channel overtake each other: a
 * publication that comes before the one that it follows waits for it for a moment, so that nobody has to read.
 *
 * <p>Threads: the hub's only.
 */
final class Ordering {
    static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** More of one channel do not wait. */
    private static final int MOST = 256;

    private final LongSupplier nanos;
    private final Map<Channel, Early> early = new HashMap<>();

    /** What waits for an earlier one, by offset; all of one epoch. */
    private record Early(long sinceNanos, TreeMap<Long, Held> held) {}

    private record Held(Position position, Publication publication) {}

    Ordering(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Whether something waits. */
    boolean holds() {
        return !early.isEmpty();
    }

    void deliver(Channel channel, Position position, Publication publication, Fanout fanout) {
        if (channel.misses(position)) {
            hold(channel, new Held(position, publication), fanout);
            return;
        }
        channel.deliver(position, publication, fanout);
        Early followers = early.get(channel);
        if (followers != null) {
            follow(channel, followers, fanout);
        }
    }

    private void hold(Channel channel, Held next, Fanout fanout) {
        Early those = early.computeIfAbsent(channel, key -> new Early(nanos.getAsLong(), new TreeMap<>()));
        boolean other = !those.held.isEmpty()
                && !those.held.firstEntry().getValue().position.epoch().equals(next.position.epoch());
        if (other || those.held.size() >= MOST) {
            release(channel, fanout);
            channel.deliver(next.position, next.publication, fanout);
        } else {
            those.held.put(next.position.offset(), next);
        }
    }

    private void follow(Channel channel, Early followers, Fanout fanout) {
        while (!followers.held.isEmpty()) {
            Held first = followers.held.firstEntry().getValue();
            if (channel.misses(first.position)) {
                return;
            }
            followers.held.pollFirstEntry();
            channel.deliver(first.position, first.publication, fanout);
        }
        early.remove(channel);
    }

    /** Does not wait any longer for what has not come in time: who misses it reads. */
    void releaseDue(Fanout fanout) {
        long now = nanos.getAsLong();
        List<Channel> due = new ArrayList<>();
        early.forEach((channel, those) -> {
            if (now - those.sinceNanos >= WAIT_NANOS) {
                due.add(channel);
            }
        });
        due.forEach(channel -> release(channel, fanout));
    }

    private void release(Channel channel, Fanout fanout) {
        Early those = early.remove(channel);
        if (those != null) {
            those.held.values().forEach(each -> channel.deliver(each.position, each.publication, fanout));
        }
    }
}
