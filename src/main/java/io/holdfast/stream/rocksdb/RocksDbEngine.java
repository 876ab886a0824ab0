package io.holdfast.stream.rocksdb;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Applied;
import io.holdfast.stream.BackupRefusedException;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.EmbeddedEngine;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.MessageRecord;
import io.holdfast.stream.Opened;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.SmallRecords;
import io.holdfast.stream.StoreGeneration;
import io.holdfast.stream.StoreSpace;
import io.holdfast.stream.StoredStream;
import io.holdfast.stream.StreamStatus;
import io.holdfast.stream.WriterThread;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores streams in an embedded RocksDB: one write batch over all column families and one sync for each batch of appends.
 *
 * <p><b>State.</b> A {@link Store} is one open handle with what was loaded from it. After a failed write it is not used any
 * more: the next write closes it, opens another one, and loads what is really stored.
 *
 * <p><b>Threads.</b> Writes run on the engine's own {@link WriterThread}. Reads run on the caller's, inside the gate, which
 * the writer closes only to close a handle: native memory must not be freed while a thread reads it.
 *
 * <p><b>Order.</b> Prepare, announce losses, write, publish what is new, complete the stage.
 *
 * <p><b>Failure.</b> A failed batch may still be stored. Its repetition finds this out and reports it.
 */
public final class RocksDbEngine implements EmbeddedEngine {

    private static final System.Logger LOG = System.getLogger(RocksDbEngine.class.getName());
    private static final long CLOSE_WAIT_MILLIS = 20_000;
    private static final long GATE_WAIT_MILLIS = 5_000;

    private final Failures failures;
    private final StoreOpening opening;
    private final SpaceGuard space;
    private final SpaceReclaimer reclaim;
    private final OutboxRetention outboxRetention;
    private final WriterThread writer;
    private final SmallRecords records = new StoredRecords(this::inside, this::submitWrite);
    private final AtomicLong fences = new AtomicLong();
    private final AtomicBoolean backingUp = new AtomicBoolean();
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

    private volatile @Nullable Store store;
    /** Nothing new is taken. */
    private volatile boolean closed;
    /** The handle was closed for good. */
    private volatile boolean ended;

    private volatile StoreGeneration life = StoreGeneration.FIRST;
    private volatile long newestMillis;
    private volatile long waiting;
    private volatile long channels;
    private volatile long seed;
    /** The writer's. */
    private boolean poisoned;

    @GuardedBy("this")
    private @Nullable AppendAttempt last;

    private RocksDbEngine(RocksDbOptions options, LongSupplier clockMillis, LongSupplier nanos, Disk disk) {
        this.writer = new WriterThread(nanos);
        this.failures = new Failures(options.directory());
        this.opening = new StoreOpening(options, clockMillis, failures, disk);
        this.outboxRetention = options.outboxes();
        this.space = new SpaceGuard(options, nanos);
        this.reclaim = new SpaceReclaimer(this::inside, options.maxStoredBytes() / 20, nanos);
    }

    /**
     * Opens the store, creating it where there is none.
     *
     * @param clockMillis wall-clock milliseconds; called by the writer
     * @param nanos as {@link System#nanoTime}
     * @throws EngineException UNREADABLE, LOCKED or CORRUPT; nothing was changed then
     */
    public static RocksDbEngine open(RocksDbOptions options, LongSupplier clockMillis, LongSupplier nanos) {
        return open(options, clockMillis, nanos, Disk.REAL);
    }

    static RocksDbEngine open(RocksDbOptions options, LongSupplier clockMillis, LongSupplier nanos, Disk disk) {
        RocksDbEngine engine = new RocksDbEngine(options, clockMillis, nanos, disk);
        NativeLibrary.load(options.nativeLibraryDirectory().toAbsolutePath());
        Store opened = engine.opening.open();
        engine.life = opened.life();
        engine.newestMillis = opened.newestMillis();
        engine.waiting = opened.waiting();
        engine.channels = opened.channels();
        engine.seed = opened.seed();
        engine.store = opened;
        engine.failures.started();
        engine.space.hasRoom();
        engine.writer.start();
        return engine;
    }

    @Override
    public synchronized CompletionStage<List<AppendOutcome>> append(List<Append> batch) {
        AppendAttempt before = last;
        boolean again = before != null && before.isOf(batch);
        if (before != null && again && !before.failed()) {
            return view(before.result);
        }
        AppendAttempt attempt = new AppendAttempt(batch, again ? before : null);
        last = attempt;
        submit(attempt.result, () -> attempt(attempt));
        return view(attempt.result);
    }

    @Override
    public CompletionStage<Applied> apply(List<Change> changes) {
        List<Change> given = List.copyOf(changes);
        return submitWrite(store -> apply(store, given));
    }

    @Override
    public CompletionStage<Expired> expire(long nowMillis, int max, Holding holding) {
        return submitWrite(store -> expire(store, nowMillis, max, holding));
    }

    @Override
    public Page read(String stream, Position after, int maxMessages, int maxBytes) {
        if (maxMessages < 1) {
            throw new IllegalArgumentException("maxMessages must be at least 1: " + maxMessages);
        }
        return inside(store -> new PageReader(store, store.stream(stream)).read(after, maxMessages, maxBytes));
    }

    @Override
    public List<Publication> readBackwards(String stream, long before, int maxMessages, int maxBytes) {
        if (maxMessages < 1) {
            throw new IllegalArgumentException("maxMessages must be at least 1: " + maxMessages);
        }
        return inside(store -> new BackwardsReader(store, store.stream(stream)).read(before, maxMessages, maxBytes));
    }

    @Override
    public long waiting() {
        return waiting;
    }

    /** Every epoch is made from this seed, or has been; forgetting a stream changes it. */
    @Override
    public long epochsVersion() {
        return seed;
    }

    @Override
    public long channels() {
        return channels;
    }

    /**
     * Bounds how far stored times lead the present. Where a wrong clock has stored later ones, they are brought back by as
     * much, so that messages still expire after the time that they were given. Called once, before anything is written.
     *
     * @param latestMillis no stored time is later afterwards
     * @return by how much they were brought back
     */
    public Duration bringBack(long latestMillis) {
        long ahead = newestMillis - latestMillis;
        if (ahead <= 0) {
            return Duration.ZERO;
        }
        try {
            submitWrite(store -> new TimesAhead(store, latestMillis).bringBack())
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof EngineException failure ? failure : e;
        }
        return Duration.ofMillis(ahead);
    }

    @Override
    public StreamStatus info(String stream) {
        StreamState loaded = loaded(stream);
        return loaded != null
                ? loaded.info()
                : inside(store -> store.stream(stream).info());
    }

    @Override
    public List<DeviceCursor> devices(String stream) {
        StreamState loaded = loaded(stream);
        return loaded != null
                ? loaded.devices()
                : inside(store -> store.stream(stream).devices());
    }

    /** A claim is in memory only: no other node can have the store open. */
    @Override
    public Opened open(String stream, @Nullable String claimed, long openedAgoMillis) {
        StreamState found = loaded(stream);
        StreamState state = found != null ? found : inside(store -> store.stream(stream));
        StreamStatus info = state.info();
        List<DeviceCursor> known = state.devices();
        if (claimed == null) {
            return new Opened(info, known, 0, false);
        }
        long fence = fences.incrementAndGet();
        state.claim(claimed, fence);
        boolean before = known.stream().anyMatch(each -> each.device().equals(claimed));
        return new Opened(info, known, fence, before);
    }

    @Override
    public Optional<MessageRecord> message(String stream, String id) {
        return inside(store -> {
            StreamState state = store.stream(stream);
            Layout.IdRecord found = state.number() == 0 ? null : store.id(state.number(), Layout.utf8(id));
            return Optional.ofNullable(found)
                    .map(record -> new MessageRecord(
                            state.position(record.offset()),
                            record.publishedAtMillis(),
                            record.state(),
                            record.finalAtMillis()));
        });
    }

    @Override
    public List<StoredStream> streams(String after, int max) {
        if (max < 1) {
            throw new IllegalArgumentException("max must be at least 1: " + max);
        }
        return inside(store -> new StreamList(store).after(after, max));
    }

    @Override
    public Optional<StoredStream> stored(String stream) {
        return inside(store -> Optional.ofNullable(new StreamList(store).find(stream)));
    }

    @Override
    public OutboxRetention outboxRetention() {
        return outboxRetention;
    }

    @Override
    public SmallRecords records() {
        return records;
    }

    @Override
    public long newestMillis() {
        return newestMillis;
    }

    @Override
    public StoreSpace space() {
        return space.now();
    }

    @Override
    public boolean stuck() {
        return !closed && writer.stuck();
    }

    @Override
    public Optional<EmbeddedEngine> embedded() {
        return Optional.of(this);
    }

    @Override
    public StoreGeneration life() {
        return life;
    }

    @Override
    public long backup(Path target) {
        if (!backingUp.compareAndSet(false, true)) {
            throw new BackupRefusedException("Another backup is being written; wait until it has ended");
        }
        try {
            Backup backup = new Backup(target);
            return inside(store -> backup.write(store, failures));
        } finally {
            backingUp.set(false);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        if (!writer.stop(this::end, CLOSE_WAIT_MILLIS)) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "The store still hangs in a write, so it is not closed. Everything that was acknowledged is stored.");
        }
    }

    /** Before the first write of a batch begins, nothing of it can be stored. */
    private List<AppendOutcome> attempt(AppendAttempt attempt) {
        try {
            return appendIfRoom(attempt);
        } catch (EngineException failure) {
            throw attempt.begun() ? failure : failure.nothingStored();
        }
    }

    private List<AppendOutcome> appendIfRoom(AppendAttempt attempt) {
        if (!space.hasRoom()) {
            write(this::flushed);
            if (!space.hasRoom()) {
                reclaim.compact();
                throw space.refusal();
            }
        }
        return write(store -> append(store, attempt));
    }

    private boolean flushed(Store store) {
        reclaim.flush(store);
        return true;
    }

    private List<AppendOutcome> append(Store store, AppendAttempt attempt) {
        List<AppendOutcome> before = attempt.storedBefore(store);
        if (before != null) {
            return before;
        }
        Changes changes = new Changes(store);
        List<AppendOutcome> outcomes = new AppendBatch(changes).prepare(attempt.batch);
        attempt.intends(outcomes);
        changes.write(true);
        space.wrote(changes.batch.encodedBytes());
        return outcomes;
    }

    private Expired expire(Store store, long nowMillis, int max, Holding holding) {
        Changes changes = new Changes(store);
        Expired expired = new ExpirySweep(changes, nowMillis, holding).run(max);
        reclaim.removed(changes.removedBytes());
        return expired;
    }

    private Applied apply(Store store, List<Change> given) {
        Changes changes = new Changes(store);
        Applied applied = new ChangeBatch(changes).prepare(given);
        changes.write(false);
        reclaim.removed(changes.removedBytes());
        return applied;
    }

    private <T> CompletableFuture<T> submitWrite(Function<Store, T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        submit(result, () -> write(task));
        return result;
    }

    private <T> void submit(CompletableFuture<T> result, Supplier<T> task) {
        if (closed) {
            result.completeExceptionally(failures.closed().nothingStored());
        } else {
            writer.submit(result, task);
        }
    }

    /** On the writer's thread: runs the task on a good handle, and gives the handle up if it fails. */
    private <T> T write(Function<Store, T> task) {
        Store good = reopened();
        boolean done = false;
        try {
            good.makeDurable();
            T result = task.apply(good);
            done = true;
            newestMillis = good.newestMillis();
            waiting = good.waiting();
            channels = good.channels();
            seed = good.seed();
            if (good.tooManyLoaded()) {
                good.unloadSome();
            }
            return result;
        } finally {
            poisoned |= !done;
        }
    }

    private Store reopened() {
        if (ended) {
            throw failures.closed();
        }
        Store open = store;
        if (open != null && !poisoned) {
            return open;
        }
        space.probe(failures);
        closeStore();
        Store opened = opening.open();
        store = opened;
        life = opened.life();
        poisoned = false;
        LOG.log(System.Logger.Level.INFO, "The store was reopened after a failure.");
        return opened;
    }

    private void end() {
        ended = true;
        closeStore();
    }

    /** On the writer's thread: waits until no thread reads. */
    private void closeStore() {
        Store open = store;
        if (open == null) {
            return;
        }
        open.cancelCompaction();
        gate.writeLock().lock();
        try {
            store = null;
            if (!poisoned) {
                open.markClean();
            }
        } catch (EngineException cause) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The store was closed, but the mark for a clean end could not be written.",
                    cause);
        } finally {
            open.close();
            gate.writeLock().unlock();
        }
    }

    /** For one caller: whatever it does to it, the attempt stays as it is. */
    private static <T> CompletionStage<T> view(CompletableFuture<T> result) {
        CompletableFuture<T> view = new CompletableFuture<>();
        result.whenComplete((value, failure) -> {
            if (failure == null) {
                view.complete(value);
            } else {
                view.completeExceptionally(failure);
            }
        });
        return view;
    }

    private @Nullable StreamState loaded(String stream) {
        Store open = store;
        return open == null ? null : open.loadedStream(stream);
    }

    /** Reads while the handle cannot be closed. */
    private <T> T inside(Function<Store, T> read) {
        try {
            if (!gate.readLock().tryLock(GATE_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new EngineException(
                        Reason.TIMEOUT, "The store is being reopened and does not answer in time.", null);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new EngineException(Reason.TIMEOUT, "Interrupted while waiting for the store.", interrupted);
        }
        try {
            Store open = store;
            if (open == null) {
                throw closed
                        ? failures.closed()
                        : new EngineException(
                                Reason.IO, "The store is closed after a failure, until a write succeeds.", null);
            }
            return read.apply(open);
        } finally {
            gate.readLock().unlock();
        }
    }
}
