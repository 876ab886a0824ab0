package io.holdfast.stream.postgresql;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The one connection that writes, and this node's row in the database.
 *
 * <p><b>Failure.</b> Each write has a number, which it stores in the node's row. When a connection breaks, the server may still
 * carry the write out. So a repetition has the same number: it waits for the row, and finds out. A write that comes to the
 * server after a later one was stored does nothing.
 *
 * <p>Threads: the writer's only, but for {@link #node}.
 */
final class DatabaseWriter {
    private static final String REGISTER = "SELECT f.node, f.generation FROM holdfast_register(?, ?) f";
    private static final String PLACE = "SELECT c.system_identifier || '/' || d.oid"
            + " FROM pg_control_system() c, pg_database d WHERE d.datname = current_database()";
    private static final String SEES_STANDBYS =
            "SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'), current_user";
    private static final String END = "SELECT holdfast_end(?)";
    private static final int MOST_REPETITIONS = 5;

    /** A write. It may be carried out more than once, with the same numbers. */
    @FunctionalInterface
    interface Call<T> {
        T on(Connection connection, long node, long number) throws SQLException;
    }

    private final Connections connections;
    private final SoleGateway sole = new SoleGateway();
    private @Nullable Connection kept;
    private boolean registered;

    /** Changed by the writer only. */
    private volatile long node;

    /** The generation that a register found. */
    private long generation;

    DatabaseWriter(Connections connections) {
        this.connections = connections;
    }

    /** Any thread. */
    long node() {
        return node;
    }

    /** Brings the schema up to date and registers this node. @return the store's generation */
    long open() {
        try {
            Connection connection = connection();
            Schema.update(connection);
            if (connections.replicated()) {
                requireStandbysVisible(connection);
            }
            register(connection);
            return generation;
        } catch (SQLException e) {
            drop();
            throw Failures.of("opening the store", e);
        } catch (EngineException e) {
            drop();
            throw e;
        }
    }

    /** Without this right the database hides whether a standby is synchronous. */
    private static void requireStandbysVisible(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SEES_STANDBYS);
                ResultSet row = Columns.one(statement)) {
            if (!row.getBoolean(1)) {
                throw new EngineException(
                        Reason.UNREADABLE,
                        "The database user cannot see the standbys, as holdfast.engine.durability=replicated needs. Run: GRANT"
                                + " pg_monitor TO \"" + row.getString(2) + '"',
                        null);
            }
        }
    }

    /**
     * Carries a write out; again at once where the database asks for it, or the connection had been lost.
     *
     * @param doubtful whether an earlier attempt may have been stored
     * @throws EngineException {@linkplain EngineException#nothingStored nothing stored} if that is certain
     */
    <T> T write(String doing, long number, boolean doubtful, Call<T> call) {
        boolean doubt = doubtful;
        boolean lost = false;
        for (int repetitions = 0; ; repetitions++) {
            boolean sent = false;
            try {
                Connection connection = connection();
                sent = true;
                T result = call.on(connection, node, number);
                connections.reached();
                return result;
            } catch (SQLException e) {
                doubt |= sent && Failures.unknownOutcome(e);
                boolean again = sent && repetitions < MOST_REPETITIONS && again(e, lost);
                lost |= Failures.connectionLost(e);
                giveUp(e);
                if (!again) {
                    EngineException failure = Failures.of(doing, e);
                    throw doubt ? failure : failure.nothingStored();
                }
            } catch (RuntimeException e) {
                drop();
                throw e;
            }
        }
    }

    private static boolean again(SQLException e, boolean lostBefore) {
        if (Failures.connectionLost(e)) {
            return !lostBefore && Failures.of("", e).reason() != Reason.TIMEOUT;
        }
        return Failures.repeatable(e) || Failures.state(e).equals(Failures.NODE_UNKNOWN);
    }

    private void giveUp(SQLException e) {
        Connection connection = kept;
        try {
            if (connection != null && !Failures.connectionLost(e) && connection.getAutoCommit()) {
                if (Failures.state(e).equals(Failures.NODE_UNKNOWN)) {
                    register(connection);
                }
                return;
            }
        } catch (SQLException alsoLost) {
            e.addSuppressed(alsoLost);
        }
        drop();
    }

    private void register(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(REGISTER)) {
            statement.setString(1, place(connection));
            statement.setBoolean(2, connections.relaxed());
            try (ResultSet row = Columns.one(statement)) {
                node = row.getLong(1);
                generation = row.getLong(2);
                registered = true;
            }
        }
    }

    private static String place(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PLACE);
                ResultSet row = Columns.one(statement)) {
            return row.getString(1);
        }
    }

    private Connection connection() throws SQLException {
        Connection connection = kept;
        if (connection == null) {
            connection = registered ? connections.openKnown() : connections.open();
            if (connections.alone()) {
                claim(connection);
            }
            kept = connection;
        }
        return connection;
    }

    private void claim(Connection connection) throws SQLException {
        try {
            sole.claim(connection);
        } catch (SQLException e) {
            Connections.close(connection);
            throw e;
        }
    }

    /** Adds what this node has counted to the others', and closes. */
    void end() {
        Connection connection = kept;
        if (connection == null) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(END)) {
            statement.setLong(1, node);
            Columns.one(statement).close();
        } catch (SQLException e) {
            // another node does it after a day
            System.getLogger(DatabaseWriter.class.getName())
                    .log(System.Logger.Level.DEBUG, "The node could not sign off", e);
        } finally {
            drop();
        }
    }

    private void drop() {
        Connection connection = kept;
        kept = null;
        if (connection != null) {
            sole.release(connection);
            Connections.close(connection);
        }
    }
}
