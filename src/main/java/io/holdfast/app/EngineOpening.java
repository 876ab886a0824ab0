package io.holdfast.app;

import io.holdfast.app.EngineSettings.Kind;
import io.holdfast.cleanup.Sleeper;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.SharedStore;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.postgresql.PostgreSqlEngine;
import io.holdfast.stream.postgresql.PostgreSqlOptions;
import io.holdfast.stream.rocksdb.RocksDbEngine;
import io.holdfast.stream.rocksdb.RocksDbOptions;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Opens the engine that is configured. Waits for a database that cannot be reached yet, or that another gateway still uses. */
final class EngineOpening {
    private static final Logger LOG = Logger.getLogger(EngineOpening.class.getName());

    /** By how much the time of messages may be ahead of the machine's clock at a start. */
    private static final Duration LONGEST_LEAD = Duration.ofMinutes(10);

    /** After a power cut the database may need this long until it answers. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** The gateway before this one may still be ending, or its machine was lost and the database has not noticed it yet. */
    private static final Duration PATIENCE_WITH_OTHERS = Duration.ofMinutes(1);

    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final Configuration configuration;
    private final LongSupplier clockMillis;
    private final LongSupplier nanos;
    private final Sleeper sleeper;

    EngineOpening(Configuration configuration, LongSupplier clockMillis, LongSupplier nanos, Sleeper sleeper) {
        this.configuration = configuration;
        this.clockMillis = clockMillis;
        this.nanos = nanos;
        this.sleeper = sleeper;
    }

    StreamEngine open() {
        return configuration.engine().kind() == Kind.ROCKSDB ? rocksDb() : postgreSql();
    }

    private StreamEngine rocksDb() {
        RocksDbEngine engine = RocksDbEngine.open(configuration.store(), clockMillis, nanos);
        report(engine.bringBack(clockMillis.getAsLong() + LONGEST_LEAD.toMillis()));
        return engine;
    }

    private static void report(Duration ahead) {
        if (!ahead.isZero()) {
            LOG.log(
                    Level.SEVERE,
                    "Times in the store are ahead of this machine's clock by {0} more than {1}: the clock is wrong, or"
                            + " was wrong earlier. These times were moved back by that much, so that messages expire after their time"
                            + " to live. Check the time synchronisation of this machine",
                    new Object[] {ahead, LONGEST_LEAD});
        }
    }

    private StreamEngine postgreSql() {
        EngineSettings settings = configuration.engine();
        RocksDbOptions store = configuration.store();
        DataSource database = DatabaseSource.of(settings);
        PostgreSqlOptions options = new PostgreSqlOptions(
                database,
                settings.durability(),
                store.maxStoredBytes(),
                store.stateRetention(),
                store.emptyStreamRetention(),
                store.outboxes(),
                settings.socketTimeout(),
                settings.connections() - 1, // and one writes
                !configuration.cluster().enabled());
        PostgreSqlEngine engine = patiently(() -> PostgreSqlEngine.open(options, clockMillis, nanos));
        engine.waitForDatabase(PATIENCE);
        long now = engine.shared().map(SharedStore::clockMillis).orElseGet(clockMillis::getAsLong);
        report(patiently(() -> engine.bringBack(now + LONGEST_LEAD.toMillis())));
        return engine;
    }

    /** Repeats what fails for a reason that may pass. How long depends on the reason, and begins anew with another one. */
    <T> T patiently(Supplier<T> opening) {
        Duration patience = Duration.ZERO;
        long since = 0;
        while (true) {
            try {
                return opening.get();
            } catch (EngineException e) {
                if (!patience.equals(patience(e.reason()))) {
                    patience = patience(e.reason());
                    since = nanos.getAsLong();
                }
                if (nanos.getAsLong() - since >= patience.toNanos()) {
                    throw e;
                }
                LOG.log(Level.WARNING, "Holdfast waits for its database: {0}", e.getMessage());
                pause(e);
            }
        }
    }

    private void pause(EngineException cause) {
        try {
            sleeper.sleep(PAUSE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw cause;
        }
    }

    private static Duration patience(EngineException.Reason reason) {
        if (reason == EngineException.Reason.LOCKED) {
            return PATIENCE_WITH_OTHERS;
        }
        return reason.temporary() ? PATIENCE : Duration.ZERO;
    }
}
