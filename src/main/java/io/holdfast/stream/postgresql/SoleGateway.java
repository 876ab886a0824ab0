package io.holdfast.stream.postgresql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other gateways away from the database, as long as gateways cannot share one: the session of the writer's connection
 * holds a lock. The lock goes with the session, when the gateway ends or the database notices that its machine is lost.
 *
 * <p>Threads: the writer's only.
 */
final class SoleGateway {
    private static final int CLASS = 0x686f6c64; // "hold"
    private static final int OBJECT = 0x66617374; // "fast"
    private static final String LOCK = "SELECT pg_try_advisory_lock(" + CLASS + ", " + OBJECT + ")";

    private static final String UNLOCK = "SELECT pg_advisory_unlock(" + CLASS + ", " + OBJECT + ")";

    /**
     * A machine that was lost is noticed after about half a minute, and not after two hours; also where it owed an answer,
     * since then no keepalives are sent.
     */
    private static final String KEEPALIVE = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5;"
            + " SET tcp_keepalives_count = 4; SET tcp_user_timeout = 30000";

    private static final String MYSELF =
            "SELECT a.pid, a.backend_start::text FROM pg_stat_activity a WHERE a.pid = pg_backend_pid()";
    private static final String HOLDER =
            "SELECT a.pid, a.backend_start::text FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                    + " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid = " + CLASS
                    + " AND l.objid = " + OBJECT
                    + " AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())";

    private static final long PAUSE_MILLIS = 20;

    /** Two seconds. */
    private static final int MOST_PAUSES = 100;

    /** The last session of this gateway that had the lock. */
    private @Nullable Session mine;

    /** A session of the database: process ids come again. */
    private record Session(int pid, @Nullable String begun) {}

    /**
     * Takes the lock. If an earlier session of this gateway still has it, because the database has not noticed that its connection
     * is lost, that session is ended.
     *
     * @throws SQLException with the state {@link Failures#OTHER_GATEWAY} if another gateway has it
     */
    void claim(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(KEEPALIVE);
            for (int pauses = 0; !locked(statement); pauses++) {
                @Nullable Session holder = session(statement, HOLDER);
                if ((holder != null && !holder.equals(mine)) || pauses >= MOST_PAUSES) {
                    throw new SQLException("its lock is taken", Failures.OTHER_GATEWAY);
                }
                if (holder != null) {
                    statement.execute("SELECT pg_terminate_backend(" + holder.pid + ")");
                }
                pause();
            }
            mine = Objects.requireNonNull(session(statement, MYSELF));
        }
    }

    /** Before the connection goes back to a pool, which may keep its session. */
    void release(Connection connection) {
        if (mine == null) {
            return;
        }
        try {
            if (!connection.isClosed()) {
                connection.setAutoCommit(true); // ends the transaction
                try (Statement statement = connection.createStatement()) {
                    statement.execute(UNLOCK);
                }
            }
        } catch (SQLException lost) {
            System.getLogger(SoleGateway.class.getName())
                    .log(System.Logger.Level.DEBUG, "The lock goes with its session", lost);
        }
    }

    private static boolean locked(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(LOCK)) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static @Nullable Session session(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            return row.next() ? new Session(row.getInt(1), row.getString(2)) : null;
        }
    }

    private static void pause() throws SQLException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", Failures.OTHER_GATEWAY, e);
        }
    }
}
