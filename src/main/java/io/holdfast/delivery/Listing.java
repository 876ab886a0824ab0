package io.holdfast.delivery;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A list that every node has a part of, by name.
 *
 * <p>A wrong name of a channel is {@link DeliveryException} INVALID.
 *
 * @param <T> what belongs to a name
 */
public sealed interface Listing<T> {

    /** What two nodes together know of one name. */
    T merged(T one, T other);

    private static void requireChannel(String name) {
        if (!Names.isChannel(name)) {
            throw DeliveryException.invalid("channel", "channel is not a channel's name");
        }
    }

    /** The connections that are subscribed to a channel, by the connection's id. */
    record Members(String channel) implements Listing<Member> {
        public Members {
            requireChannel(channel);
        }

        @Override
        public Member merged(Member one, Member other) {
            return one;
        }
    }

    /** The clients that are subscribed to a channel, each with its number of connections. */
    record Subscribers(String channel) implements Listing<Integer> {
        public Subscribers {
            requireChannel(channel);
        }

        @Override
        public Integer merged(Integer one, Integer other) {
            return one + other;
        }
    }

    /**
     * The channels that have subscribers, with the number of subscribed connections.
     *
     * @param pattern a pattern in which {@code *} stands for any characters; empty for all channels
     */
    record Channels(String pattern) implements Listing<Integer> {
        @Override
        public Integer merged(Integer one, Integer other) {
            return one + other;
        }
    }

    /**
     * The clients that are connected or were connected within the last hour; whether they are connected.
     *
     * @param search only those whose name contains this, in whatever case; empty for all
     */
    record Clients(String search) implements Listing<Boolean> {

        /** A question for names, as it is asked once for many of them. */
        public Predicate<String> wanted() {
            String part = search.toLowerCase(Locale.ROOT);
            return name -> name.toLowerCase(Locale.ROOT).contains(part);
        }

        @Override
        public Boolean merged(Boolean one, Boolean other) {
            return one || other;
        }
    }

    /** The clients that are connected now, with the number of their connections. */
    record ConnectedClients() implements Listing<Integer> {
        @Override
        public Integer merged(Integer one, Integer other) {
            return one + other;
        }
    }

    /** The open connections of a client, by the connection's id. */
    record ConnectionsOf(String client) implements Listing<ConnectionStatus> {
        @Override
        public ConnectionStatus merged(ConnectionStatus one, ConnectionStatus other) {
            return one;
        }
    }

    /**
     * The breakers that counted a failure lately, by client, ordered by device.
     *
     * @param client only those of this client; null for all
     */
    record Breakers(@Nullable String client) implements Listing<List<BreakerStatus>> {
        private static final Comparator<BreakerStatus> BY_WEIGHT = Comparator.comparing(
                        (BreakerStatus each) -> each.state() == BreakerState.CLOSED)
                .thenComparing(each -> -each.openMillis())
                .thenComparing(each -> -each.failures());

        /** Of a device that has been on two nodes, the breaker that keeps more from it. */
        @Override
        public List<BreakerStatus> merged(List<BreakerStatus> one, List<BreakerStatus> other) {
            SortedMap<String, BreakerStatus> byDevice = new TreeMap<>();
            List<BreakerStatus> both = new ArrayList<>(one);
            both.addAll(other);
            both.forEach(each -> byDevice.merge(each.device(), each, (a, b) -> BY_WEIGHT.compare(a, b) <= 0 ? a : b));
            return List.copyOf(byDevice.values());
        }
    }
}
