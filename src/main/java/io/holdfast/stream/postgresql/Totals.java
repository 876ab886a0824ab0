package io.holdfast.stream.postgresql;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Sums over the whole store, as every write returns them.
 *
 * @param waiting messages in outboxes that no device has confirmed
 * @param channels stored streams that are neither outboxes nor the server's own
 * @param messages retained messages
 * @param bytes sum of their stored sizes
 * @param ids records of messages
 * @param forgets how many streams were ever forgotten
 * @param newestMillis the latest time stored
 */
record Totals(long waiting, long channels, long messages, long bytes, long ids, long forgets, long newestMillis) {

    /** What a message's row takes beyond its stored size, with its share of the indexes, as measured. */
    private static final long MESSAGE_BYTES = 160;

    /** What the record of a message takes, the same. */
    private static final long ID_BYTES = 210;

    /** The columns of {@code holdfast_totals}. */
    static final String COLUMNS = "(f.totals).*";

    /** @param first the index of the first of the seven columns */
    static Totals at(ResultSet row, int first) throws SQLException {
        return new Totals(
                row.getLong(first),
                row.getLong(first + 1),
                row.getLong(first + 2),
                row.getLong(first + 3),
                row.getLong(first + 4),
                row.getLong(first + 5),
                row.getLong(first + 6));
    }

    long storedBytes() {
        return bytes + messages * MESSAGE_BYTES + ids * ID_BYTES;
    }
}
