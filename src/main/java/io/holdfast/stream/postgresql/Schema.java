package io.holdfast.stream.postgresql;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The tables and functions, in versions. Each version is a script, and runs once. The first statement of the second and of each
 * later one checks and raises {@code holdfast_meta.version}.
 *
 * <p>During a rolling update nodes of two versions run on one schema. So a script only adds: a function with other parameters
 * gets another name. Only a script that cannot keep to this raises {@code holdfast_meta.compatible}; then older nodes refuse to
 * start.
 */
final class Schema {
    /** The version that this engine knows. */
    static final int VERSION = SchemaScripts.VERSION;

    /** Of the advisory lock that nodes take to change the schema, one after the other. */
    private static final long LOCK = 0x686f6c6466617374L; // "holdfast"

    /** Not by to_regclass: in the transaction that waited for the lock that may still know that there was no such table. */
    private static final String EXISTS = "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c"
            + " WHERE c.relname = 'holdfast_meta' AND pg_catalog.pg_table_is_visible(c.oid))";

    private record Installed(int version, int compatible) {}

    private Schema() {}

    /**
     * Brings the schema to this engine's version, where it is older. One that is as new or newer is not touched.
     *
     * @param connection in autocommit mode
     * @throws EngineException UNREADABLE if only newer versions of Holdfast can use the schema
     */
    static void update(Connection connection) throws SQLException {
        if (check(installed(connection))) {
            return;
        }
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            // waits for no standby: without one nothing is published, but all else works
            statement.execute("SET LOCAL synchronous_commit = local; SELECT pg_advisory_xact_lock(" + LOCK + ")");
            Installed now = installed(connection);
            if (!check(now)) {
                statement.execute(SchemaScripts.after(now.version));
            }
            connection.commit();
        } catch (SQLException e) {
            rollBack(connection, e);
            throw e;
        }
        connection.setAutoCommit(true);
    }

    private static void rollBack(Connection connection, SQLException cause) {
        try {
            connection.rollback();
        } catch (SQLException alsoLost) {
            cause.addSuppressed(alsoLost);
        }
    }

    /** Whether it can be used as it is. */
    private static boolean check(Installed installed) {
        if (installed.compatible > VERSION) {
            throw new EngineException(
                    Reason.UNREADABLE,
                    "The database's Holdfast schema has version " + installed.version
                            + ", which needs a Holdfast that knows version "
                            + installed.compatible + " at least; this one knows " + VERSION
                            + ". Nothing was changed. Start a newer version of Holdfast.",
                    null);
        }
        return installed.version >= VERSION;
    }

    private static Installed installed(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet found = statement.executeQuery(EXISTS)) {
                found.next();
                if (!found.getBoolean(1)) {
                    return new Installed(0, 0);
                }
            }
            try (ResultSet meta = statement.executeQuery("SELECT version, compatible FROM holdfast_meta")) {
                meta.next();
                return new Installed(meta.getInt(1), meta.getInt(2));
            }
        }
    }
}
