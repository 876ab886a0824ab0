package io.holdfast.delivery.commit;

import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.push.Channel;
import io.holdfast.delivery.push.Channels;
import io.holdfast.delivery.push.Dispatcher;
import io.holdfast.delivery.push.Fanout;
import io.holdfast.stream.Append;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Publisher;
import io.holdfast.stream.Receipt;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Makes an append of a publication that has been checked, and enqueues it; hands on what is not stored. Any thread. */
final class Sending {
    private final Condition condition;
    private final ChannelOptions options;
    private final MessageIds ids;
    private final Committer committer;
    private final Channels channels;
    private final Dispatcher dispatcher;
    private final DeliveryClock clock;

    Sending(
            Condition condition,
            ChannelOptions options,
            MessageIds ids,
            Committer committer,
            Channels channels,
            Dispatcher dispatcher,
            DeliveryClock clock) {
        this.condition = condition;
        this.options = options;
        this.ids = ids;
        this.committer = committer;
        this.channels = channels;
        this.dispatcher = dispatcher;
        this.clock = clock;
    }

    /**
     * Accepts a publication, if this server is in a condition to do so.
     *
     * @param bytes how much room it takes in the queue
     * @throws DeliveryException if it is refused at once
     */
    CompletionStage<Receipt> accept(
            String stream, byte[] payload, SendOptions how, int bytes, @Nullable Publisher publisher) {
        condition.requireFit();
        long now = clock.millis();
        Duration ttl = how.ttl() == null ? options.timeToLive(stream) : how.ttl();
        long expiresAt = ttl.isZero() ? Publication.NEVER : now + ttl.toMillis();
        Deduplication deduplication = options.deduplication(stream);
        String id = ids.of(stream, payload, how, deduplication);
        if (!how.critical()) {
            int handed = passOn(stream, new Publication(0, id, payload, how.tags(), now, expiresAt, publisher));
            return CompletableFuture.completedFuture(Receipt.passedOn(id, handed));
        }
        Append append = new Append(
                stream,
                id,
                payload,
                how.tags(),
                now,
                expiresAt,
                how.deduplicate() == Deduplication.Wanted.NONE
                        ? Long.MAX_VALUE
                        : now - deduplication.window().toMillis(),
                options.retention(stream),
                publisher);
        return committer.append(append, bytes);
    }

    private int passOn(String stream, Publication publication) {
        Channel channel = channels.find(stream);
        if (channel == null) {
            return 0;
        }
        Fanout fanout = dispatcher.fanout();
        int handed = channel.deliverNonCritical(publication, fanout);
        fanout.wake();
        return handed;
    }
}
