package io.holdfast.transactions;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Locale;
import java.util.Set;

/**
 * How the databases read the first rows. Where reading would wait for rows of transactions that have not ended, it skips
 * them.
 */
enum Dialect {
    /** PostgreSQL, H2, Oracle. */
    STANDARD("SELECT %s FROM holdfast_outbox WHERE %s ORDER BY seq FETCH FIRST %d ROWS ONLY", true),
    MYSQL("SELECT %s FROM holdfast_outbox WHERE %s ORDER BY seq LIMIT %d", true),
    /** It cannot skip them and waits. */
    DERBY(STANDARD.select, false),
    SQL_SERVER(
            "SELECT %s FROM holdfast_outbox WITH (READPAST) WHERE %s ORDER BY seq"
                    + " OFFSET 0 ROWS FETCH NEXT %d ROWS ONLY",
            false),
    DB2("SELECT %s FROM holdfast_outbox WHERE %s ORDER BY seq FETCH FIRST %d ROWS ONLY SKIP LOCKED DATA", false);

    /** In this order: PostgreSQL and Db2 (cancelled by the time limit), PostgreSQL, H2 and SQL Server, Derby, MySQL. */
    private static final Set<String> LOCK_TIMEOUTS = Set.of("57014", "55P03", "HYT00", "40XL1", "40XL2", "41000");

    private static final String COLUMNS =
            "seq, channel, message_id, payload, tags, accepted_at, window_millis, ttl_millis";

    private final String select;
    private final boolean ofOneMoment;

    Dialect(String select, boolean ofOneMoment) {
        this.select = select;
        this.ofOneMoment = ofOneMoment;
    }

    static Dialect of(Connection connection) throws SQLException {
        return of(connection.getMetaData().getDatabaseProductName());
    }

    static Dialect of(String product) {
        String name = product.toLowerCase(Locale.ROOT);
        if (name.contains("mysql") || name.contains("mariadb")) {
            return MYSQL;
        }
        if (name.contains("microsoft")) {
            return SQL_SERVER;
        }
        if (name.contains("derby")) {
            return DERBY;
        }
        return name.startsWith("db2") ? DB2 : STANDARD;
    }

    /** Whether all rows that a statement reads are those of one moment. Otherwise it reads row by row, while transactions end. */
    boolean readsOneMoment() {
        return ofOneMoment;
    }

    /** Whether a statement failed because it had to wait too long for a lock. */
    static boolean isLockTimeout(SQLException failure) {
        String state = failure.getSQLState();
        return failure instanceof SQLTimeoutException || (state != null && LOCK_TIMEOUTS.contains(state));
    }

    String select(String conditions, int max) {
        return String.format(Locale.ROOT, select, COLUMNS, conditions, max);
    }
}
