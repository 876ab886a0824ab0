package io.holdfast.stream.postgresql;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.NotReplicatedException;
import io.holdfast.stream.StoreFullException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Set;

/** Translates the database's errors: what is wrong, and what the operator can do. */
final class Failures {
    static final String NODE_UNKNOWN = "HF001";
    static final String OTHER_GATEWAY = "HF003";
    static final String NOT_REPLICATED = "HF002";

    private static final Set<String> REPEATABLE = Set.of(
            "40001", // serialization failure
            "40P01", // deadlock
            "55P03"); // lock not available
    private static final Set<String> NOT_PRIMARY = Set.of(
            "25006", // read-only transaction
            "55000", // recovery is in progress
            "57P03"); // cannot connect now
    private static final Set<String> DAMAGED = Set.of("XX001", "XX002");
    private static final Set<String> NO_SCHEMA = Set.of("42P01", "42883", "3F000");

    private Failures() {}

    /** The database has rolled back, and the same may succeed at once. */
    static boolean repeatable(SQLException e) {
        return REPEATABLE.contains(state(e));
    }

    /** The connection is of no use any more. */
    static boolean connectionLost(SQLException e) {
        return unknownOutcome(e) || NOT_PRIMARY.contains(state(e));
    }

    /**
     * Whether the statement may have been done. An error that the database reports is a rollback, unless the connection ends
     * with it.
     */
    static boolean unknownOutcome(SQLException e) {
        String state = state(e);
        return state.isEmpty() || state.startsWith("08") || (state.startsWith("57P") && !state.equals("57P03"));
    }

    static EngineException of(String doing, SQLException e) {
        String state = state(e);
        String message = String.valueOf(e.getMessage());
        String text = doing + ": " + message.lines().findFirst().orElse(""); // further lines may contain data
        if (timedOut(e) || state.equals("57014")) {
            return new EngineException(
                    Reason.TIMEOUT,
                    "The database did not answer in time while " + text + ". Check its load and locks.",
                    e);
        }
        if (NOT_PRIMARY.contains(state)) {
            return new EngineException(
                    Reason.NOT_PRIMARY,
                    "The database server does not take writes while " + text
                            + ". It is starting, or is not the primary any more. Connect with targetServerType=primary; the engine then"
                            + " continues by itself.",
                    e);
        }
        if (state.equals(NOT_REPLICATED)) {
            return new NotReplicatedException(
                    "Every message is to be on two machines (holdfast.engine.durability=replicated), and the database has no"
                            + " synchronous standby. Connect one that synchronous_standby_names on the primary names; publishing then"
                            + " continues by itself. Failed while " + text);
        }
        if (state.equals(OTHER_GATEWAY)) {
            return new EngineException(
                    Reason.LOCKED,
                    "Another Holdfast gateway uses this database, and gateways cannot share one. Stop it, or give each a database of"
                            + " its own. Failed while " + text,
                    e);
        }
        if (state.equals("53100")) {
            return new StoreFullException(
                    "The database's disk is full while " + text + ". Free space; the engine then continues by itself.",
                    e);
        }
        if (DAMAGED.contains(state)) {
            return new EngineException(
                    Reason.CORRUPT,
                    "The database is damaged, found while " + text + ". Check its disk and restore a backup.",
                    e);
        }
        if (state.equals("42501") || state.startsWith("28") || state.equals("3D000")) {
            return new EngineException(
                    Reason.UNREADABLE,
                    "The database refuses while " + text
                            + ". Give the user the right to create tables and functions, or run the SQL that the command line prints"
                            + " as their owner.",
                    e);
        }
        if (NO_SCHEMA.contains(state)) {
            return new EngineException(
                    Reason.UNREADABLE,
                    "The Holdfast schema is missing or incomplete, found while " + text
                            + ". Restore it, or start on an empty schema.",
                    e);
        }
        return new EngineException(
                Reason.IO,
                "The database failed while " + text + ". It is tried again; if this continues, check the database.",
                e);
    }

    static EngineException full(long maxStoredBytes) {
        return new StoreFullException(
                "The store in the database has reached 90 % of its " + maxStoredBytes
                        + " bytes: publishing is refused until clients have fetched messages, or messages have expired. Or configure"
                        + " a larger store.",
                null);
    }

    static EngineException closed() {
        return new EngineException(Reason.CLOSED, "The engine on PostgreSQL was closed.", null);
    }

    private static boolean timedOut(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    static String state(SQLException e) {
        String state = e.getSQLState();
        return state == null ? "" : state;
    }
}
