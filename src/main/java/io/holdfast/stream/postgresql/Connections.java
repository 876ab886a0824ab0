package io.holdfast.stream.postgresql;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The engine's connections, which are kept: a data source may open a new one for each request.
 *
 * <p><b>Failure.</b> Nobody waits twice for a database that does not answer. While it cannot be reached, few wait for it at all:
 * {@link Reachability}.
 *
 * <p>Threads: any, but the writer's connection is for the writer.
 */
final class Connections {
    private static final Logger LOG = Logger.getLogger(Connections.class.getName());
    private static final long WAIT_MILLIS = 5_000;
    private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long PAUSE_MILLIS = 1_000;
    private static final String RECOGNISE = "SELECT holdfast_recognise()";

    /** Runs statements. Must leave the connection in autocommit mode, unless it throws. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private final PostgreSqlOptions options;
    private final LongSupplier nanos;
    private final Semaphore readers;
    private final Reachability reachability;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private volatile long generation;
    private volatile boolean closed;

    /** Whether reads wait for a database that cannot be reached, and until when. */
    private volatile boolean patient;

    private volatile long patientUntilNanos;

    Connections(PostgreSqlOptions options, LongSupplier nanos) {
        this.options = options;
        this.nanos = nanos;
        this.readers = new Semaphore(options.readers());
        this.reachability = new Reachability(nanos);
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

    /** The writer's connection has answered. */
    void reached() {
        reachability.reached();
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

    /** From now on reads wait for a database that cannot be reached, for so long at most. */
    void waitForDatabase(Duration patience) {
        patientUntilNanos = nanos.getAsLong() + patience.toNanos();
        patient = true;
    }

    void waitNoLonger() {
        patient = false;
    }

    /**
     * Reads on a connection of the caller's own. Where the connection was lost, and that was noticed quickly, once more on a new one.
     *
     * @param doing for the message of a failure
     * @throws EngineException if the database fails, or too many others read
     */
    <T> T read(String doing, Work<T> work) {
        while (true) {
            try {
                return readOnce(doing, work);
            } catch (EngineException e) {
                pause(e);
            }
        }
    }

    /** @throws EngineException the given one, if it is not to be waited for the database */
    private void pause(EngineException cause) {
        if (!patient || closed || !cause.reason().temporary() || nanos.getAsLong() - patientUntilNanos >= 0) {
            throw cause;
        }
        LOG.log(Level.WARNING, "Holdfast waits for its database: {0}", cause.getMessage());
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cause;
        }
    }

    private <T> T readOnce(String doing, Work<T> work) {
        Reachability.Outage trial = reachability.enter(doing);
        boolean found = false;
        try {
            take();
            try {
                if (trial == null) {
                    reachability.requireStill(doing);
                }
                T result = readNow(work, trial == null);
                found = true;
                return result;
            } catch (SQLException e) {
                found = !Failures.connectionLost(e);
                throw Failures.of(doing, e);
            } finally {
                readers.release();
            }
        } finally {
            if (trial != null) {
                reachability.tried(trial, found);
            }
        }
    }

    /** @param hopeful whether one failure may be chance */
    private <T> T readNow(Work<T> work, boolean hopeful) throws SQLException {
        long begun = nanos.getAsLong();
        try {
            Connection kept = idle.pollFirst();
            T result = kept == null ? readAnew(work, hopeful) : readKept(kept, work);
            reachability.reached();
            return result;
        } catch (SQLException e) {
            if (Failures.connectionLost(e)) {
                reachability.failed(e, begun);
            } else {
                reachability.reached();
            }
            throw e;
        }
    }

    private <T> T readKept(Connection kept, Work<T> work) throws SQLException {
        long begun = nanos.getAsLong();
        try {
            return readOn(kept, work);
        } catch (SQLException e) {
            if (!Failures.connectionLost(e)) {
                throw e;
            }
            closeIdle(); // they were lost with it
            if (!isQuick(begun)) {
                throw e;
            }
        }
        return readAnew(work, true);
    }

    private <T> T readAnew(Work<T> work, boolean hopeful) throws SQLException {
        long begun = nanos.getAsLong();
        Connection connection;
        try {
            connection = openKnown();
        } catch (SQLException e) {
            if (!hopeful || !Failures.connectionLost(e) || !isQuick(begun)) {
                throw e;
            }
            connection = openKnown();
        }
        return readOn(connection, work);
    }

    /** Who has waited for a database that does not answer does not wait for it again. */
    private boolean isQuick(long begunNanos) {
        return nanos.getAsLong() - begunNanos < QUICK_NANOS;
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
