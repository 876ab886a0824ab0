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

/**
 * The engine's connections, which are kept: a data source may open a new one for each request.
 *
 * <p>Threads: any, but the writer's connection is for the writer.
 */
final class Connections {
    private static final long WAIT_MILLIS = 5_000;
    private static final String RECOGNISE = "SELECT holdfast_recognise()";

    /** Runs statements. Must leave the connection in autocommit mode, unless it throws. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private final PostgreSqlOptions options;
    private final Semaphore readers;
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private volatile long generation;
    private volatile boolean closed;

    Connections(PostgreSqlOptions options) {
        this.options = options;
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
            return readOn(openKnown(), work);
        } catch (SQLException e) {
            throw Failures.of(doing, e);
        } finally {
            readers.release();
        }
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
