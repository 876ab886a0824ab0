package io.holdfast.http;

import io.holdfast.delivery.WallClock;
import io.holdfast.stream.BackupRefusedException;
import io.holdfast.stream.EmbeddedEngine;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.StoreFullException;
import io.holdfast.stream.StreamEngine;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Backs the store up while it runs, and tells of its life. A backup is written on a thread of the executor. */
@ApplicationScoped
class BackupApi {
    private static final Logger LOG = Logger.getLogger(BackupApi.class.getName());
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");
    private static final DateTimeFormatter NOW =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);
    private static final int LATER_SECONDS = 60;

    private final StreamEngine engine;
    private final Path directory;
    private final Executor executor;
    private final WallClock clock;

    /** What was written, and where. */
    record Written(String name, String directory, long bytes) {}

    /** The store as it is now. */
    record Stored(long bytes, long generation, long generationBegunAtMillis, String generationReason) {}

    /** A store on a database server. */
    record StoredElsewhere(long bytes) {}

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected BackupApi() {
        this(null, Path.of(""), null, null);
    }

    @Inject
    BackupApi(StreamEngine engine, BackupSettings settings, ManagedExecutorService executor, WallClock clock) {
        this(engine, settings.directory(), executor, clock);
    }

    BackupApi(StreamEngine engine, Path directory, Executor executor, WallClock clock) {
        this.engine = engine;
        this.directory = directory;
        this.executor = executor;
        this.clock = clock;
    }

    /**
     * {@code {"bytes":…,"generation":…,"generation_begun_at":…,"generation_reason":…}}. A database server tells only the
     * first.
     */
    Answer store() {
        long bytes = engine.space().storedBytes();
        return RecordJson.answer(engine.embedded()
                .map(EmbeddedEngine::life)
                .<Record>map(life -> new Stored(bytes, life.generation(), life.begunAtMillis(), life.reason()))
                .orElseGet(() -> new StoredElsewhere(bytes)));
    }

    /** Answers when the backup is whole: {@code {"name":…,"directory":…,"bytes":…}}. */
    CompletionStage<Answer> backup(Parameters parameters) {
        String wanted = parameters.text("name");
        String name = wanted == null ? NOW.format(clock.now()) : wanted;
        if (!NAME.matcher(name).matches()) {
            return CompletableFuture.completedFuture(Answer.error(
                    400,
                    "invalid_field",
                    "name is 1 to 100 letters, digits, - and _, beginning with a letter or digit: the backup's"
                            + " directory below holdfast.backup.directory",
                    "name"));
        }
        @Nullable EmbeddedEngine embedded = engine.embedded().orElse(null);
        if (embedded == null) {
            return CompletableFuture.completedFuture(Answer.error(
                    409,
                    "conflict",
                    "The store is a database server: back it up with the means of that server (docs/postgresql.md)"));
        }
        try {
            return CompletableFuture.supplyAsync(() -> write(embedded, name), executor);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(
                    Answer.error(503, "overloaded", "The server has no thread for it; repeat later")
                            .retryAfter(LATER_SECONDS));
        }
    }

    private Answer write(EmbeddedEngine embedded, String name) {
        Path target = directory.resolve(name);
        try {
            long bytes = embedded.backup(target);
            LOG.log(Level.INFO, "A backup of {0} bytes was written to {1}", new Object[] {bytes, target});
            return RecordJson.answer(new Written(name, target.toString(), bytes));
        } catch (BackupRefusedException e) {
            return Answer.error(409, "conflict", String.valueOf(e.getMessage()));
        } catch (StoreFullException e) {
            return failed(e, "There is no room for the backup");
        } catch (EngineException e) {
            return failed(e, "The backup could not be written; the server's log says why");
        }
    }

    private static Answer failed(EngineException cause, String message) {
        LOG.log(Level.SEVERE, "A backup could not be written: {0}", cause.getMessage());
        return Answer.error(503, "unavailable", message).retryAfter(LATER_SECONDS);
    }
}
