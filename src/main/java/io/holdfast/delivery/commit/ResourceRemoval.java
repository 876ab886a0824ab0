package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeadLetter;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.StoredResources;
import io.holdfast.delivery.outbox.DeadLetters;
import io.holdfast.delivery.outbox.Outbox;
import io.holdfast.delivery.outbox.Outboxes;
import io.holdfast.delivery.push.Channels;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Position;
import io.holdfast.stream.StoredStream;
import io.holdfast.stream.StreamEngine;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** What is stored, and how the committer removes it. Any thread. */
final class ResourceRemoval implements StoredResources {
    private final StreamEngine engine;
    private final Outboxes outboxes;
    private final Channels channels;
    private final DeadLetters deadLetters;
    private final Committer committer;
    private final DeliveryClock clock;

    ResourceRemoval(
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

    @Override
    public List<StoredStream> streams(String after, int max) {
        return engine.streams(after, max);
    }

    @Override
    public Optional<StoredStream> stored(String stream) {
        return engine.stored(stream);
    }

    @Override
    public boolean inUse(String stream) {
        return Names.isOutbox(stream) ? outboxes.ofStream(stream) != null : channels.find(stream) != null;
    }

    @Override
    public boolean isConnected(String client, String device) {
        Outbox outbox = outboxes.find(client);
        return (outbox != null && outbox.isConnected(device))
                || engine.devices(Names.outbox(client)).stream()
                        .anyMatch(each ->
                                each.device().equals(device) && each.claim().connected());
    }

    @Override
    public boolean hasPending(String client, DeviceCursor device) {
        String stream = Names.outbox(client);
        boolean empty = engine.stored(stream).map(StoredStream::empty).orElse(true);
        return !empty
                && !engine.read(stream, new Position("", device.offset()), 1, 1)
                        .publications()
                        .isEmpty();
    }

    @Override
    public CompletionStage<Boolean> forgetDevice(String client, String device, long unseenSinceMillis) {
        String stream = Names.outbox(client);
        return committer.task(writes -> outboxes.alone(client, outbox -> {
            if (outbox != null && !outbox.forget(device, unseenSinceMillis)) {
                return false;
            }
            if (isStored(stream, device)) {
                writes.apply(new Change.ForgetDevice(stream, device, unseenSinceMillis));
            }
            return !isStored(stream, device);
        }));
    }

    private boolean isStored(String stream, String device) {
        return engine.stored(stream).stream()
                .flatMap(stored -> stored.devices().stream())
                .anyMatch(cursor -> cursor.device().equals(device));
    }

    @Override
    public CompletionStage<Boolean> forgetStream(String stream, long unusedSinceMillis) {
        return committer.task(writes -> Names.isOutbox(stream)
                ? outboxes.alone(
                        Names.clientOf(stream),
                        outbox -> outbox == null && forgotten(writes, stream, unusedSinceMillis))
                : channels.alone(stream, () -> forgotten(writes, stream, unusedSinceMillis)));
    }

    private boolean forgotten(CommitterTasks.Writes writes, String stream, long unusedSinceMillis) {
        if (engine.stored(stream).isEmpty()) {
            return true;
        }
        AtomicBoolean waiting = new AtomicBoolean(true);
        try {
            writes.apply(new Change.ForgetStream(stream, unusedSinceMillis, () -> waiting.get() && !inUse(stream)));
        } finally {
            waiting.set(false); // an engine that hung until now must not do it when somebody may be connected
        }
        return engine.stored(stream).isEmpty();
    }

    @Override
    public List<DeadLetter> letters(long after, int max) {
        return deadLetters.list(null, after, max);
    }

    @Override
    public Optional<DeadLetter> letter(long number) {
        return deadLetters.find(number);
    }

    @Override
    public CompletionStage<Boolean> discardLetter(long number) {
        return committer.task(writes -> {
            writes.apply(new Change.Settle(DeadLetters.STREAM, number, FinalState.DEAD, clock.millis()));
            return true;
        });
    }
}
