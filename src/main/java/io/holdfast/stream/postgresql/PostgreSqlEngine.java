package io.holdfast.stream.postgresql;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Applied;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.EngineException;
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
import io.holdfast.stream.WriterThread;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stores streams in PostgreSQL: one call of one function for each batch, which commits it. Several engines, of several nodes, may
 * have the same database open.
 *
 * <p><b>State.</b> In the database alone. This class knows the last batch, so that a repetition joins it or has its number, and
 * the sums that the last write returned: of other nodes' writes they know after this node's next one, at the latest after the
 * next {@link #expire}.
 *
 * <p><b>Threads.</b> Writes run on the engine's own {@link WriterThread}, reads on the caller's.
 *
 * <p><b>Failure.</b> A batch whose connection broke may be stored. Its repetition finds out; see {@link DatabaseWriter}.
 */
public final class PostgreSqlEngine implements StreamEngine {
    private static final System.Logger LOG = System.getLogger(PostgreSqlEngine.class.getName());
    private static final String BEGIN = "SELECT holdfast_begin(?, ?)";
    private static final String BRING_BACK = "SELECT (f).* FROM holdfast_bring_back(?, ?) f";
    private static final String TOTAL = "SELECT (f).* FROM holdfast_total() f";
    private static final long CLOSE_WAIT_MILLIS = 20_000;

    /** A stream that was begun is there, unless another node forgets it at this moment. */
    private static final int MOST_BEGINNINGS = 20;

    private final PostgreSqlOptions options;
    private final LongSupplier clockMillis;
    private final Connections connections;
    private final DatabaseWriter database;
    private final WriterThread writer;
    private final SmallRecords records;
    private final SharedDatabase shared;
    private volatile Totals totals = new Totals(0, 0, 0, 0, 0, 0, 0);
    /** The store's generation, as of the last write. */
    private volatile long generation;

    /** Whether another gateway has taken the database over. */
    private volatile boolean lost;

    private volatile boolean closed;

    /** The writer's. */
    private long calls;

    private long batches;

    private long sweeps;
    /** The streams of which other nodes keep what this node's connections have yet to get. The writer's. */
    private final Set<Long> held = new HashSet<>();
    /** Whether nobody has heard yet what the last sweep removed: then it is asked again. */
    private boolean unheard;

    @GuardedBy("this")
    private @Nullable Attempt last;

    private PostgreSqlEngine(PostgreSqlOptions options, LongSupplier clockMillis, LongSupplier nanos) {
        this.options = options;
        this.clockMillis = clockMillis;
        this.connections = new Connections(options, nanos);
        this.database = new DatabaseWriter(connections);
        this.writer = new WriterThread(nanos);
        this.records = new StoredRecords(connections, call -> submitCall("writing records", call));
        this.shared = new SharedDatabase(connections, database::node, nanos);
    }

    /**
     * Opens the store. Creates its tables where there are none, and brings them up to date.
     *
     * @param clockMillis wall-clock milliseconds; called by the writer
     * @param nanos as {@link System#nanoTime}
     * @throws EngineException if the database cannot be reached or used
     */
    public static PostgreSqlEngine open(PostgreSqlOptions options, LongSupplier clockMillis, LongSupplier nanos) {
        PostgreSqlEngine engine = new PostgreSqlEngine(options, clockMillis, nanos);
        engine.found(engine.database.open());
        engine.shared.open();
        engine.totals = engine.connections.read("opening the store", PostgreSqlEngine::total);
        engine.writer.start();
        return engine;
    }

    /**
     * Until {@link #started}, reads wait for a database that cannot be reached, for so long at most: what starts together with the
     * engine cannot start without what it reads.
     */
    public void waitForDatabase(Duration patience) {
        connections.waitForDatabase(patience);
    }

    @Override
    public void started() {
        connections.waitNoLonger();
    }

    /** One attempt to append a batch. */
    private static final class Attempt {
        final List<Append> batch;
        final CompletableFuture<List<AppendOutcome>> result = new CompletableFuture<>();
        /** Among this node's batches; 0 until the writer begins. The same for repetitions. The writer's. */
        long number;
        /** Whether this or an earlier attempt may be stored. The writer's. */
        boolean doubtful;

        Attempt(List<Append> batch) {
            this.batch = List.copyOf(batch);
        }

        boolean isOf(List<Append> other) {
            return Append.same(batch, other);
        }
    }

    @Override
    public synchronized CompletionStage<List<AppendOutcome>> append(List<Append> batch) {
        Attempt before = last;
        boolean again = before != null && before.isOf(batch);
        if (before != null && again && !before.result.isCompletedExceptionally()) {
            return before.result.thenApply(outcomes -> outcomes);
        }
        Attempt attempt = new Attempt(batch);
        last = attempt;
        submit(attempt.result, () -> {
            if (before != null && again) {
                attempt.number = before.number;
                attempt.doubtful = before.doubtful;
            }
            return append(attempt);
        });
        return attempt.result.thenApply(outcomes -> outcomes);
    }

    private List<AppendOutcome> append(Attempt attempt) {
        if (attempt.batch.isEmpty()) {
            return List.of();
        }
        if (!attempt.doubtful && isFull()) {
            totals = write("measuring", 0, true, (connection, node, number) -> total(connection));
            if (isFull()) {
                throw Failures.full(options.maxStoredBytes()).nothingStored();
            }
        }
        if (attempt.number == 0) {
            attempt.number = ++batches;
        }
        AppendCall call = new AppendCall(attempt.batch);
        try {
            for (int beginnings = 0; ; beginnings++) {
                AppendCall.Answer answer = write(
                        "storing messages",
                        attempt.number,
                        attempt.doubtful,
                        (connection, node, number) ->
                                call.on(connection, node, number, clockMillis.getAsLong(), options));
                if (answer.outcomes() != null) {
                    totals = answer.totals();
                    found(answer.generation());
                    return answer.outcomes();
                }
                begin(answer.missing(), attempt.doubtful, beginnings);
            }
        } catch (EngineException e) {
            attempt.doubtful |= e.mayBeStored();
            throw e;
        }
    }

    private void found(long number) {
        generation = number;
        connections.found(number);
    }

    private boolean isFull() {
        return totals.storedBytes() >= options.maxStoredBytes() / 10 * 9;
    }

    /** In a transaction of its own: whoever begins the same streams waits for it no longer than that. */
    private void begin(byte[][] names, boolean doubtful, int beginnings) {
        if (beginnings >= MOST_BEGINNINGS) {
            throw new EngineException(
                    EngineException.Reason.IO, "Streams are forgotten as fast as they are begun. Try again.", null);
        }
        long lookAt = clockMillis.getAsLong() + Durations.empty(options);
        write("beginning streams", 0, doubtful, (connection, node, number) -> {
            try (PreparedStatement statement = connection.prepareStatement(BEGIN)) {
                new Columns(connection, statement).all(names).number(lookAt);
                Columns.one(statement).close();
                return true;
            }
        });
    }

    @Override
    public CompletionStage<Applied> apply(List<Change> changes) {
        if (changes.isEmpty()) {
            return CompletableFuture.completedStage(Applied.NOTHING);
        }
        ChangeCall call = new ChangeCall(List.copyOf(changes), generation);
        CompletableFuture<Applied> result = new CompletableFuture<>();
        submit(result, () -> {
            long number = ++calls;
            for (int beginnings = 0; ; beginnings++) {
                ChangeCall.Answer answer = write(
                        "changing streams",
                        number,
                        false,
                        (connection, node, same) -> call.on(connection, node, same, clockMillis.getAsLong(), options));
                if (answer.missing().length == 0) {
                    totals = answer.totals();
                    found(answer.generation());
                    return answer.applied();
                }
                begin(answer.missing(), false, beginnings);
            }
        });
        return result;
    }

    @Override
    public CompletionStage<Expired> expire(long nowMillis, int max, Holding holding) {
        CompletableFuture<Expired> result = new CompletableFuture<>();
        submit(result, () -> {
            if (!unheard) {
                sweeps++;
                unheard = true;
            }
            Sweep.Answer answer = write(
                    "removing messages",
                    sweeps,
                    false,
                    (connection, node, number) -> new Sweep(nowMillis, max, holding, held)
                            .on(connection, node, number, clockMillis.getAsLong(), options));
            unheard = false;
            totals = answer.totals();
            return answer.expired();
        });
        return result;
    }

    /**
     * Moves times back that are later than a moment, because a clock was wrong. Before the first write.
     *
     * @return by how much; zero where none is
     */
    public Duration bringBack(long latestMillis) {
        long span = newestMillis() - latestMillis;
        if (span <= 0) {
            return Duration.ZERO;
        }
        CompletableFuture<Totals> moved = submitCall("moving times back", (connection, node, number) -> {
            try (PreparedStatement statement = connection.prepareStatement(BRING_BACK)) {
                new Columns(connection, statement).number(latestMillis).number(span);
                try (ResultSet row = Columns.one(statement)) {
                    return Totals.at(row, 1);
                }
            }
        });
        try {
            totals = moved.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof EngineException failure ? failure : e;
        }
        return Duration.ofMillis(span);
    }

    @Override
    public Page read(String stream, Position after, int maxMessages, int maxBytes) {
        if (maxMessages < 1) {
            throw new IllegalArgumentException("maxMessages must be at least 1: " + maxMessages);
        }
        return connections.read(
                "reading messages", connection -> StreamReads.page(connection, stream, after, maxMessages, maxBytes));
    }

    @Override
    public List<Publication> readBackwards(String stream, long before, int maxMessages, int maxBytes) {
        if (maxMessages < 1) {
            throw new IllegalArgumentException("maxMessages must be at least 1: " + maxMessages);
        }
        return connections.read(
                "reading messages",
                connection -> StreamReads.backwards(connection, stream, before, maxMessages, maxBytes));
    }

    @Override
    public long waiting() {
        return totals.waiting();
    }

    @Override
    public long epochsVersion() {
        return connections.generation() + totals.forgets();
    }

    @Override
    public long channels() {
        return totals.channels();
    }

    @Override
    public StreamStatus info(String stream) {
        return connections.read("reading a stream", connection -> StreamReads.info(connection, stream));
    }

    @Override
    public List<DeviceCursor> devices(String stream) {
        return connections.read("reading devices", connection -> StreamReads.devices(connection, stream));
    }

    @Override
    public Opened open(String stream, @Nullable String claimed, long openedAgoMillis) {
        long now = clockMillis.getAsLong();
        long openedAt = shared.clockMillis() - openedAgoMillis; // before the database is asked, which may take long
        return connections.read(
                "opening an outbox",
                connection -> StreamReads.open(
                        connection, database.node(), stream, claimed, openedAt, now, now + Durations.empty(options)));
    }

    @Override
    public Optional<MessageRecord> message(String stream, String id) {
        return connections.read("reading a message", connection -> StreamReads.message(connection, stream, id));
    }

    @Override
    public List<StoredStream> streams(String after, int max) {
        if (max < 1) {
            throw new IllegalArgumentException("max must be at least 1: " + max);
        }
        return connections.read("reading streams", connection -> StreamReads.streams(connection, after, max));
    }

    @Override
    public Optional<StoredStream> stored(String stream) {
        return connections.read("reading a stream", connection -> StreamReads.stored(connection, stream));
    }

    @Override
    public OutboxRetention outboxRetention() {
        return options.outboxes();
    }

    @Override
    public SmallRecords records() {
        return records;
    }

    @Override
    public long newestMillis() {
        return totals.newestMillis();
    }

    @Override
    public StoreSpace space() {
        return new StoreSpace(totals.storedBytes(), options.maxStoredBytes(), OptionalLong.empty());
    }

    @Override
    public Optional<SharedStore> shared() {
        return options.alone() ? Optional.empty() : Optional.of(shared);
    }

    @Override
    public boolean stuck() {
        return !closed && (lost || writer.stuck());
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        if (!writer.stop(database::end, CLOSE_WAIT_MILLIS)) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "The database still does not answer a write, so its connection is left open. Everything that was acknowledged is"
                            + " stored.");
        }
        connections.close();
    }

    private <T> T write(String doing, long number, boolean doubtful, DatabaseWriter.Call<T> call) {
        try {
            T result = database.write(doing, number, doubtful, call);
            lost = false;
            return result;
        } catch (EngineException e) {
            lost = e.reason() == EngineException.Reason.LOCKED;
            throw e;
        }
    }

    private <T> CompletableFuture<T> submitCall(String doing, DatabaseWriter.Call<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        submit(result, () -> write(doing, ++calls, false, call));
        return result;
    }

    private <T> void submit(CompletableFuture<T> result, Supplier<T> task) {
        if (closed) {
            result.completeExceptionally(Failures.closed().nothingStored());
        } else {
            writer.submit(result, task);
        }
    }

    private static Totals total(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TOTAL);
                ResultSet row = Columns.one(statement)) {
            return Totals.at(row, 1);
        }
    }
}
