package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.RateLimit;
import io.holdfast.delivery.commit.AppendQueue.Pending;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.stream.Append;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Publisher;
import io.holdfast.stream.StreamEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many channels clients begin by publishing to names under which nothing is stored yet: each of them takes room
 * in the store for weeks. Publishers over HTTP and the application itself may begin any number. The committer's thread only.
 */
final class NewChannels {
    private static final Duration HOUR = Duration.ofHours(1);

    private final StreamEngine engine;
    private final ToIntFunction<String> perHour;
    private final int mostStored;
    private final DeliveryClock clock;
    private final Counters counters;
    private final RateLimit hourly;

    /**
     * @param perHour how many such channels one client may begin in an hour; 0 for no limit
     * @param mostStored channels in the store; 0 for no limit
     */
    NewChannels(
            StreamEngine engine,
            ToIntFunction<String> perHour,
            int mostStored,
            DeliveryClock clock,
            Counters counters) {
        this.engine = engine;
        this.perHour = perHour;
        this.mostStored = mostStored;
        this.clock = clock;
        this.counters = counters;
        hourly = new RateLimit(HOUR, clock.nanos());
    }

    /**
     * Divides a batch that is about to be stored.
     *
     * @param refused gets what would begin a channel too many, by the limit that it runs into
     * @return the others, in their order
     */
    List<Pending> within(List<Pending> batch, Map<Limit, List<Pending>> refused) {
        if (batch.stream().allMatch(pending -> pending.append().publisher() == null)) {
            return batch; // most are
        }
        Set<String> begun = new HashSet<>();
        List<Pending> within = new ArrayList<>(batch.size());
        for (Pending pending : batch) {
            Limit limit = limit(pending.append(), begun);
            if (limit == null) {
                within.add(pending);
            } else {
                counters.hit(limit);
                refused.computeIfAbsent(limit, none -> new ArrayList<>()).add(pending);
            }
        }
        return within;
    }

    /** @param begun channels that clients begin in the same batch */
    private @Nullable Limit limit(Append append, Set<String> begun) {
        Publisher client = append.publisher();
        if (client == null || begun.contains(append.stream()) || !isNew(append.stream())) {
            return null;
        }
        if (mostStored > 0 && engine.channels() + begun.size() >= mostStored) {
            return Limit.STORED_CHANNELS;
        }
        int most = perHour.applyAsInt(append.stream());
        if (most > 0 && !hourly.take(client.client(), most, clock.nanos())) {
            return Limit.NEW_CHANNELS;
        }
        begun.add(append.stream());
        return null;
    }

    private boolean isNew(String channel) {
        try {
            return engine.info(channel).top().offset() == 0;
        } catch (EngineException failing) {
            return false; // storing it fails too, and says why
        }
    }

    /** What the publisher is told. */
    static DeliveryException failure(Limit limit) {
        return new DeliveryException(
                Reason.TOO_MANY_CHANNELS,
                limit == Limit.STORED_CHANNELS
                        ? "The store already holds the number of channels that clients may create; use an existing channel"
                        : "You have created as many channels as a client may within an hour; use an existing channel, or wait");
    }
}
