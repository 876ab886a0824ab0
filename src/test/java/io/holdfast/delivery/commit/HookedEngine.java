package io.holdfast.delivery.commit;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Applied;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.MessageRecord;
import io.holdfast.stream.Opened;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.SharedStore;
import io.holdfast.stream.SmallRecords;
import io.holdfast.stream.StoreSpace;
import io.holdfast.stream.StoredStream;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamStatus;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An engine with places where a test can stop, look, or throw. */
public final class HookedEngine implements StreamEngine {
    public volatile StreamEngine stored;
    /** What a node knows of others; null for what the engine says. */
    public volatile SharedStore shared;
    /** How many messages were read from it. */
    public final AtomicLong readMessages = new AtomicLong();

    public volatile Consumer<String> afterInfo = stream -> {};
    public volatile Consumer<String> afterRead = stream -> {};
    public volatile Consumer<List<Append>> afterAppend = batch -> {};
    public volatile Consumer<List<Change>> beforeApply = changes -> {};
    public volatile Runnable beforeExpire = () -> {};
    /** Another number makes everybody who remembers an epoch ask. */
    public volatile long moreEpochs;
    /** Appends are answered when this completes. */
    public volatile CompletionStage<Void> answers = CompletableFuture.completedStage(null);

    public HookedEngine(StreamEngine stored) {
        this.stored = stored;
    }

    @Override
    public CompletionStage<List<AppendOutcome>> append(List<Append> batch) {
        CompletionStage<List<AppendOutcome>> outcomes = stored.append(batch);
        afterAppend.accept(batch);
        return answers.thenCompose(now -> outcomes);
    }

    @Override
    public CompletionStage<Applied> apply(List<Change> changes) {
        beforeApply.accept(changes);
        return shared instanceof SharedMemory memory
                ? memory.engine().apply(changes, memory.node())
                : stored.apply(changes);
    }

    @Override
    public CompletionStage<Expired> expire(long nowMillis, int max, Holding holding) {
        beforeExpire.run();
        return stored.expire(nowMillis, max, holding);
    }

    @Override
    public OutboxRetention outboxRetention() {
        return stored.outboxRetention();
    }

    @Override
    public Optional<SharedStore> shared() {
        return shared == null ? stored.shared() : Optional.of(shared);
    }

    @Override
    public SmallRecords records() {
        return stored.records();
    }

    @Override
    public Page read(String stream, Position after, int maxMessages, int maxBytes) {
        Page page = stored.read(stream, after, maxMessages, maxBytes);
        readMessages.addAndGet(page.publications().size());
        afterRead.accept(stream);
        return page;
    }

    @Override
    public List<Publication> readBackwards(String stream, long before, int maxMessages, int maxBytes) {
        List<Publication> found = stored.readBackwards(stream, before, maxMessages, maxBytes);
        readMessages.addAndGet(found.size());
        return found;
    }

    @Override
    public long channels() {
        return stored.channels();
    }

    @Override
    public long waiting() {
        return stored.waiting();
    }

    @Override
    public StreamStatus info(String stream) {
        StreamStatus info = stored.info(stream);
        afterInfo.accept(stream);
        return info;
    }

    @Override
    public List<DeviceCursor> devices(String stream) {
        return stored.devices(stream);
    }

    @Override
    public Opened open(String stream, @Nullable String claimed, long openedAgoMillis) {
        Opened opened = shared instanceof SharedMemory memory
                ? memory.engine().open(stream, claimed, openedAgoMillis, memory.node())
                : stored.open(stream, claimed, openedAgoMillis);
        afterInfo.accept(stream);
        return opened;
    }

    @Override
    public Optional<MessageRecord> message(String stream, String id) {
        return stored.message(stream, id);
    }

    @Override
    public List<StoredStream> streams(String after, int max) {
        return stored.streams(after, max);
    }

    @Override
    public Optional<StoredStream> stored(String stream) {
        return stored.stored(stream);
    }

    /** Another engine has other epochs. */
    @Override
    public long epochsVersion() {
        return stored.epochsVersion() + moreEpochs + ((long) System.identityHashCode(stored) << 32);
    }

    @Override
    public long newestMillis() {
        return stored.newestMillis();
    }

    @Override
    public StoreSpace space() {
        return stored.space();
    }

    @Override
    public void close() {
        stored.close();
    }
}
