package io.holdfast.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which other nodes have subscribers to which channel, as they have told over their links. What a link told is forgotten when it
 * ends. Any thread; {@link #of} takes no lock.
 */
final class Interests {
    /** Unmodifiable sets, replaced as a whole. */
    private final Map<String, Set<Long>> byChannel = new ConcurrentHashMap<>();

    /** The link by which each node tells. */
    @GuardedBy("this")
    private final Map<Long, Object> links = new HashMap<>();

    /** The numbers of the nodes that have subscribers to a channel. */
    Set<Long> of(String channel) {
        return byChannel.getOrDefault(channel, Set.of());
    }

    /** A node tells by this link from now on. */
    synchronized void begin(long node, Object link) {
        forget(node);
        links.put(node, link);
    }

    /** A link has ended. */
    synchronized void end(long node, Object link) {
        if (links.remove(node, link)) {
            forget(node);
        }
    }

    /** Does nothing if the node tells by another link now. */
    synchronized void change(long node, Object link, Frames.Interest interest) {
        if (links.get(node) == link) {
            byChannel.compute(interest.channel(), (channel, nodes) -> {
                Set<Long> changed = new HashSet<>(nodes == null ? Set.of() : nodes);
                boolean differs = interest.subscribed() ? changed.add(node) : changed.remove(node);
                return changed.isEmpty() ? null : differs ? Set.copyOf(changed) : nodes;
            });
        }
    }

    @GuardedBy("this")
    private void forget(long node) {
        for (String channel : byChannel.keySet()) {
            byChannel.computeIfPresent(channel, (key, nodes) -> without(node, nodes));
        }
    }

    @SuppressWarnings("NullAway") // absent values are null here
    private static Set<Long> without(long node, Set<Long> nodes) {
        if (!nodes.contains(node)) {
            return nodes;
        }
        Set<Long> left = new HashSet<>(nodes);
        left.remove(node);
        return left.isEmpty() ? null : Set.copyOf(left);
    }

    /** How many channels have subscribers at other nodes. */
    int channels() {
        return byChannel.size();
    }
}
