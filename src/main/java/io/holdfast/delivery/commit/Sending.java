package io.holdfast.delivery.commit;

import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.LaterMessage;
import io.holdfast.delivery.OtherNodes;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.push.Channel;
import io.holdfast.delivery.push.Channels;
import io.holdfast.delivery.push.Dispatcher;
import io.holdfast.delivery.push.Fanout;
import io.holdfast.stream.Append;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Publisher;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes appends of publications that have been checked, now or later, and enqueues them; hands on what is not stored. Any thread.
 */
final class Sending {
    /** The most messages that are stored together. */
    private static final int TOGETHER = 64;

    /** By how much the clocks of two calls may differ and a repetition is still recognised, where no other message can have the id. */
    private static final Duration CLOCK_MARGIN = Duration.ofDays(1);

    private final Condition condition;
    private final ChannelOptions options;
    private final MessageIds ids;
    private final Committer committer;
    private final Channels channels;
    private final Dispatcher dispatcher;
    private final OtherNodes others;
    private final DeliveryClock clock;

    Sending(
            Condition condition,
            ChannelOptions options,
            MessageIds ids,
            Committer committer,
            Channels channels,
            Dispatcher dispatcher,
            OtherNodes others,
            DeliveryClock clock) {
        this.condition = condition;
        this.options = options;
        this.ids = ids;
        this.committer = committer;
        this.channels = channels;
        this.dispatcher = dispatcher;
        this.others = others;
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
        long expiresAt = Publication.expiry(now, timeToLive(stream, how));
        Deduplication deduplication = options.deduplication(stream);
        String chosen = ids.chosen(stream, payload, how, deduplication);
        String id = chosen == null ? ids.next() : chosen;
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
                chosen == null || how.deduplicate() == Deduplication.Wanted.NONE
                        ? Append.NO_EARLIER
                        : now - deduplication.window().toMillis(),
                options.retention(stream),
                publisher,
                how.version());
        return committer.append(append, bytes);
    }

    /** A message that has been checked, to be published later. */
    LaterMessage later(String stream, byte[] payload, SendOptions how) {
        Deduplication deduplication = options.deduplication(stream);
        String chosen = ids.chosen(stream, payload, how, deduplication);
        return new LaterMessage(
                stream,
                chosen == null ? ids.next() : chosen,
                payload,
                how.tags(),
                clock.millis(),
                chosen == null ? CLOCK_MARGIN : deduplication.window(),
                timeToLive(stream, how));
    }

    private Duration timeToLive(String stream, SendOptions how) {
        return how.ttl() == null ? options.timeToLive(stream) : how.ttl();
    }

    /**
     * Accepts messages of one channel for one batch, from the first one on: up to one that is wrong, and no more than can keep
     * their order and have room in the queue.
     *
     * @param check throws {@link DeliveryException} if a message is wrong; otherwise says how much room it takes in the queue
     * @return the receipts of those that were accepted
     * @throws DeliveryException if the first one is refused at once
     */
    List<? extends CompletionStage<Receipt>> accept(List<LaterMessage> messages, ToIntFunction<LaterMessage> check) {
        condition.requireFit();
        Retention retention = options.retention(messages.get(0).channel());
        // Of a stream that rejects, a batch could store a small message after it refused a large one.
        int most = retention.overflow() == Retention.Overflow.REJECT ? 1 : TOGETHER;
        List<AppendQueue.Wanted> together = new ArrayList<>();
        for (LaterMessage message : messages.subList(0, Math.min(most, messages.size()))) {
            try {
                int bytes = check.applyAsInt(message);
                together.add(new AppendQueue.Wanted(append(message, retention), bytes));
            } catch (DeliveryException e) {
                if (together.isEmpty()) {
                    throw e;
                }
                break;
            }
        }
        return committer.append(together);
    }

    private Append append(LaterMessage message, Retention retention) {
        long now = clock.millis();
        return new Append(
                message.channel(),
                message.id(),
                message.payload(),
                message.tags(),
                now,
                message.expiresAtMillis(now),
                message.duplicateFromMillis(now),
                retention);
    }

    private int passOn(String stream, Publication publication) {
        others.passedOn(stream, publication);
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
