package io.holdfast.delivery;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The channels that have subscriptions on this node. Any thread. */
final class Channels {
    private final ConcurrentHashMap<String, Channel> byName = new ConcurrentHashMap<>();

    /** The channel, which stays until it was released as often as it was acquired. */
    @SuppressWarnings("NullAway") // the function never returns null
    Channel acquire(String name) {
        return byName.compute(name, (key, known) -> {
            Channel channel = known == null ? new Channel(name) : known;
            channel.retain();
            return channel;
        });
    }

    void release(Channel channel) {
        byName.computeIfPresent(channel.name(), (name, known) -> known == channel && known.release() ? null : known);
    }

    @Nullable
    Channel find(String name) {
        return byName.get(name);
    }

    Collection<Channel> all() {
        return List.copyOf(byName.values());
    }
}
