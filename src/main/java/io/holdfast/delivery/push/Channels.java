package io.holdfast.delivery.push;

import io.holdfast.delivery.Member;
import io.holdfast.delivery.OtherNodes;
import io.holdfast.delivery.outbox.Reservations;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The channels that have subscriptions on this node. Any thread. */
public final class Channels {
    private final ConcurrentHashMap<String, Channel> byName = new ConcurrentHashMap<>();
    private final Reservations reservations = new Reservations();
    private final OtherNodes others;

    /** @param others are told which channels have subscriptions here */
    public Channels(OtherNodes others) {
        this.others = others;
    }

    /**
     * The channel, which stays until it was released as often as it was acquired. Waits while somebody has it
     * {@link #alone}.
     */
    public Channel acquire(String name) {
        Channel acquired = tryAcquire(name);
        while (acquired == null) {
            CountDownLatch over = reservations.of(name);
            if (over != null) {
                Reservations.await(over);
            }
            acquired = tryAcquire(name);
        }
        return acquired;
    }

    /** @return null if somebody has it alone, and nobody is subscribed */
    @SuppressWarnings("NullAway") // absent values are null here
    private @Nullable Channel tryAcquire(String name) {
        return byName.compute(name, (key, known) -> {
            if (known == null && reservations.of(name) != null) {
                return null;
            }
            Channel channel = known == null ? begin(name) : known;
            channel.retain();
            return channel;
        });
    }

    private Channel begin(String name) {
        others.subscribed(name);
        return new Channel(name);
    }

    @SuppressWarnings("NullAway") // absent values are null here
    public void release(Channel channel) {
        byName.computeIfPresent(channel.name(), (name, known) -> {
            if (known != channel || !known.release()) {
                return known;
            }
            others.unsubscribed(name);
            return null;
        });
    }

    /** Tells the subscriptions to a channel, here and on other nodes, that somebody has come. */
    void joined(Channel channel, Member member, Fanout fanout) {
        channel.tell(Channel.MembershipChange.JOINED, member, fanout);
        others.joined(channel.name(), member);
    }

    /** Tells them that somebody has gone. */
    void left(Channel channel, Member member, Fanout fanout) {
        channel.tell(Channel.MembershipChange.LEFT, member, fanout);
        others.left(channel.name(), member);
    }

    /**
     * Does something to a channel that nobody is subscribed to, and lets nobody subscribe meanwhile. May wait for the engine:
     * for rare things only.
     *
     * @return what the work says; false where somebody is subscribed
     */
    @SuppressWarnings("NullAway") // absent values are null here
    public boolean alone(String name, BooleanSupplier work) {
        Channel used = byName.compute(name, (key, known) -> {
            if (known == null) {
                reservations.begin(name);
            }
            return known;
        });
        if (used != null) {
            return false;
        }
        try {
            return work.getAsBoolean(); // not within the map: other channels are not to wait
        } finally {
            reservations.end(name);
        }
    }

    @Nullable
    public Channel find(String name) {
        return byName.get(name);
    }

    /** How many subscriptions each channel has whose name matches. @param pattern with {@code *}; empty for all */
    public SortedMap<String, Integer> sizes(String pattern) {
        SortedMap<String, Integer> sizes = new TreeMap<>();
        byName.forEach((name, channel) -> {
            if (pattern.isEmpty() || matches(pattern, name)) {
                sizes.put(name, channel.size());
            }
        });
        return sizes;
    }

    public Collection<Channel> all() {
        return List.copyOf(byName.values());
    }

    /** Without going back further than to the last star, so that no pattern takes long. */
    static boolean matches(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = n;
            } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
