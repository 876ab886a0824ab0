package io.holdfast.stream.postgresql;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The engine's connections, which are kept: a data source may open a new one for each request.
 *
 * <p><b>Failure.</b> While the database cannot be reached, one reader tries at a time, twice a second at most; the others fail at
 * once, so that they take no threads from those who need no database.
 *
 * <p>Threads: any, but the writer's connection is for the writer.
 */
final class Connections {
    private static final long WAIT_MILLIS = 5_000;
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** After this time the next one tries, should the one that tries never return. */
    private static final long LONGEST_PROBE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final String RECOGNISE = "SELECT holdfast_recognise()";

    /** Runs statements. Must leave the connection in autocommit mode, unless it throws. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** The database could not be reached. @param untilNanos until when nobody tries again */
    private record Unreachable(SQLException cause, long untilNanos) {}

    private final PostgreSqlOptions options;
    private final LongSupplier nanos;
    private final Semaphore readers;
    private final AtomicReference<@Nullable Unreachable> unreachable = new AtomicReference<>();
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private volatile long generation;
    private volatile boolean closed;

    Connections(PostgreSqlOptions options, LongSupplier nanos) {
        this.options = options;
        this.nanos = nanos;
        this.readers = new Semaphore(options.readers());
    }

    /** Whether no other engine may have the same database open. */
    boolean alone() {
        return options.alone();
    }

    boolean replicated() {
        return options.durability() == Durability.REPLICATED;
    }

    /** The store's generation, as far as anybody here has seen. */
    long generation() {
        return generation;
    }

    void found(long number) {
        generation = number;
    }

    boolean relaxed() {
        return options.durability() == Durability.RELAXED;
    }

    /**
     * A new connection to the primary, which has recognised whether the server's history is another one. The caller closes it.
     */
    Connection openKnown() throws SQLException {
        Connection connection = open();
        try (PreparedStatement statement = connection.prepareStatement(RECOGNISE)) {
            try (ResultSet row = Columns.one(statement)) {
                found(row.getLong(1));
            }
            return connection;
        } catch (SQLException | RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    /** A new connection to the primary, which may have no schema. The caller closes it. */
    Connection open() throws SQLException {
        Connection connection = options.dataSource().getConnection();
        try {
            connection.setAutoCommit(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            connection.setNetworkTimeout(Runnable::run, (int)
                    Math.min(Integer.MAX_VALUE, options.socketTimeout().toMillis()));
            try (Statement statement = connection.createStatement();
                    ResultSet recovery = statement.executeQuery("SELECT pg_is_in_recovery()")) {
                recovery.next();
                if (recovery.getBoolean(1)) {
                    throw new SQLException("This server is a standby", "25006");
                }
            }
            return connection;
        } catch (SQLException | RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    /**
     * Reads on a connection of the caller's own. Where the connection was lost, once more on a new one.
     *
     * @param doing for the message of a failure
     * @throws EngineException if the database fails, or too many others read
     */
    <T> T read(String doing, Work<T> work) {
        Unreachable before = requireReachable(doing);
        boolean done = false;
        try {
            T result = readNow(doing, work);
            done = true;
            return result;
        } finally {
            if (before != null) {
                unreachable.compareAndSet(
                        before, done ? null : new Unreachable(before.cause(), nanos.getAsLong() + REST_NANOS));
            }
        }
    }

    private <T> T readNow(String doing, Work<T> work) {
        take();
        try {
            Connection kept = idle.pollFirst();
            if (kept != null) {
                try {
                    return readOn(kept, work);
                } catch (SQLException e) {
                    if (!Failures.connectionLost(e)) {
                        throw Failures.of(doing, e);
                    }
                    closeIdle(); // they were lost with it
                }
            }
            return readOn(reached(), work);
        } catch (SQLException e) {
            throw Failures.of(doing, e);
        } finally {
            readers.release();
        }
    }

    private Connection reached() throws SQLException {
        try {
            return openKnown();
        } catch (SQLException e) {
            if (Failures.connectionLost(e)) {
                unreachable.set(new Unreachable(e, nanos.getAsLong() + REST_NANOS));
            }
            throw e;
        }
    }

    /**
     * Lets one through when the rest is over. The others wait for what it finds.
     *
     * @return what stays until the caller has found out; null if the database can be reached
     */
    private @Nullable Unreachable requireReachable(String doing) {
        Unreachable last = unreachable.get();
        if (last == null) {
            return null;
        }
        long now = nanos.getAsLong();
        Unreachable probing = new Unreachable(last.cause(), now + LONGEST_PROBE_NANOS);
        if (now - last.untilNanos() < 0 || !unreachable.compareAndSet(last, probing)) {
            throw Failures.of(doing, last.cause());
        }
        return probing;
    }

    private <T> T readOn(Connection connection, Work<T> work) throws SQLException {
        boolean done = false;
        try {
            T result = work.on(connection);
            done = true;
            return result;
        } finally {
            if (done && !closed) {
                idle.addFirst(connection);
            } else {
                close(connection);
            }
            if (closed) {
                closeIdle();
            }
        }
    }

    private void take() {
        try {
            if (!readers.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new EngineException(
                        Reason.TIMEOUT, "Too many threads read the database, and none of them is done in time.", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Reason.TIMEOUT, "Interrupted while waiting for a connection.", e);
        }
        if (closed) {
            readers.release();
            throw Failures.closed();
        }
    }

    void close() {
        closed = true;
        closeIdle();
    }

    private void closeIdle() {
        for (Connection each = idle.pollFirst(); each != null; each = idle.pollFirst()) {
            close(each);
        }
    }

    /** A connection that is lost cannot be closed properly, and need not be. */
    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException alreadyLost) {
            System.getLogger(Connections.class.getName())
                    .log(System.Logger.Level.DEBUG, "A lost connection was closed", alreadyLost);
        }
    }
}
