package io.holdfast.delivery;

import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.StoredStream;
import io.holdfast.stream.StreamEngine;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What is stored, whether anybody uses it, and how it is removed: for whoever cleans up. Any thread.
 *
 * <p>A removal is done by the committer between two batches, names the moment since when the thing was unused, and does
 * nothing to one that was used after it: so nothing that comes alive meanwhile is lost. Its stage says whether the thing
 * is gone, also where it was gone before; it fails with {@code EngineException}, or {@link DeliveryException} at the end of
 * the server. Nothing that takes long may hang on it.
 */
public final class Leftovers {
    private final StreamEngine engine;
    private final Outboxes outboxes;
    private final Channels channels;
    private final DeadLetters deadLetters;
    private final Committer committer;
    private final DeliveryClock clock;

    Leftovers(
            StreamEngine engine,
            Outboxes outboxes,
            Channels channels,
            DeadLetters deadLetters,
            Committer committer,
            DeliveryClock clock) {
        this.engine = engine;
        this.outboxes = outboxes;
        this.channels = channels;
        this.deadLetters = deadLetters;
        this.committer = committer;
        this.clock = clock;
    }

    /** Whether a stream of this name is a client's outbox. */
    public static boolean isOutbox(String stream) {
        return Outboxes.isOutbox(stream);
    }

    /** The client of an outbox. */
    public static String client(String outbox) {
        return Outboxes.client(outbox);
    }

    /** The outbox of a client. */
    public static String outbox(String client) {
        return Outboxes.stream(client);
    }

    /** Whether a stream is one of the server's own, which no publisher can write to. */
    public static boolean isInternal(String stream) {
        return stream.startsWith("\0");
    }

    /** The stored streams in order of their names. @param after the name behind which to begin; empty for the first */
    public List<StoredStream> streams(String after, int max) {
        return engine.streams(after, max);
    }

    /** Empty where nothing of this name is stored. */
    public Optional<StoredStream> stored(String stream) {
        return engine.stored(stream);
    }

    /** Whether a stream is in memory, because somebody is connected to it or was a moment ago. */
    public boolean inUse(String stream) {
        return Outboxes.isOutbox(stream) ? outboxes.ofStream(stream) != null : channels.find(stream) != null;
    }

    /** Whether a device has an open connection. */
    public boolean isConnected(String client, String device) {
        Outbox outbox = outboxes.find(client);
        return outbox != null && outbox.isConnected(device);
    }

    /** Whether its outbox retains messages that a client's device has not confirmed. */
    public boolean hasPending(String client, DeviceCursor device) {
        String stream = Outboxes.stream(client);
        boolean empty = engine.stored(stream).map(StoredStream::empty).orElse(true);
        return !empty && engine.info(stream).top().offset() > device.offset();
    }

    /** Forgets a device with its cursor, unless it is connected or was seen after the given moment. */
    public CompletionStage<Boolean> forgetDevice(String client, String device, long unseenSinceMillis) {
        String stream = Outboxes.stream(client);
        return committer.errand(() -> outboxes.alone(client, outbox -> {
            if (outbox != null && !outbox.forget(device, unseenSinceMillis)) {
                return false;
            }
            OptionalLong seenAt = engine.stored(stream).stream()
                    .flatMap(stored -> stored.devices().stream())
                    .filter(cursor -> cursor.device().equals(device))
                    .mapToLong(DeviceCursor::seenAtMillis)
                    .findAny();
            if (seenAt.isEmpty()) {
                return true;
            }
            if (seenAt.getAsLong() > unseenSinceMillis) {
                return false;
            }
            Committer.await(engine.apply(List.of(new Change.ForgetDevice(stream, device))));
            return true;
        }));
    }

    /**
     * Forgets an empty stream with all that is known of it, unless it is in memory or was used after the given moment. Nobody
     * can connect to it meanwhile: who comes then learns its position when the stream is gone or will stay.
     */
    public CompletionStage<Boolean> forgetStream(String stream, long unusedSinceMillis) {
        return committer.errand(() -> Outboxes.isOutbox(stream)
                ? outboxes.alone(
                        Outboxes.client(stream), outbox -> outbox == null && forgotten(stream, unusedSinceMillis))
                : channels.alone(stream, () -> forgotten(stream, unusedSinceMillis)));
    }

    private boolean forgotten(String stream, long unusedSinceMillis) {
        if (engine.stored(stream).isEmpty()) {
            return true;
        }
        AtomicBoolean waiting = new AtomicBoolean(true);
        try {
            Committer.await(engine.apply(List.of(
                    new Change.ForgetStream(stream, unusedSinceMillis, () -> waiting.get() && !inUse(stream)))));
        } finally {
            waiting.set(false); // an engine that hung until now must not do it when somebody may be connected
        }
        return engine.stored(stream).isEmpty();
    }

    /** @see ResilientWebSocketManager#deadLetters */
    public List<DeadLetter> letters(long after, int max) {
        return deadLetters.list(null, after, max);
    }

    public Optional<DeadLetter> letter(long number) {
        return deadLetters.find(number);
    }

    /** Takes a dead letter out of the list for good. */
    public CompletionStage<Boolean> discardLetter(long number) {
        return committer.errand(() -> {
            Change discard = new Change.Settle(DeadLetters.STREAM, number, FinalState.DEAD, clock.millis());
            Committer.await(engine.apply(List.of(discard)));
            return true;
        });
    }
}
