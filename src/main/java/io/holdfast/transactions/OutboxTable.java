package io.holdfast.transactions;

import io.holdfast.delivery.LaterMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of the tables {@code holdfast_outbox} and {@code holdfast_outbox_turn}. The same statements run on every database,
 * except for the one that reads ({@link Dialect}). Nothing here commits.
 */
final class OutboxTable {
    private static final String INSERT = "INSERT INTO holdfast_outbox"
            + " (channel, message_id, payload, tags, accepted_at, window_millis, ttl_millis, state)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, 'W')";

    /** Locks the only row until the transaction ends; a holder that crashes frees it. */
    private static final String TAKE_TURN = "UPDATE holdfast_outbox_turn SET turns = turns + 1 WHERE id = 1";

    private static final String ONE = "channel = ? AND message_id = ? AND accepted_at = ?";
    private static final String DELETE_ONE = "DELETE FROM holdfast_outbox WHERE " + ONE;
    private static final String DELETE = "DELETE FROM holdfast_outbox WHERE seq = ?";
    private static final String SET_ASIDE = "UPDATE holdfast_outbox SET state = 'A', reason = ? WHERE seq = ?";
    private static final String COUNT_ASIDE = "SELECT COUNT(*) FROM holdfast_outbox WHERE state = 'A'";
    private static final int TURN_SECONDS = 2;
    private static final int MAX_REASON = 200;

    private OutboxTable() {}

    static void insert(Connection connection, LaterMessage message) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, message.channel());
            insert.setString(2, message.id());
            insert.setBytes(3, message.payload());
            if (message.tags().isEmpty()) {
                insert.setNull(4, Types.VARBINARY);
            } else {
                insert.setBytes(4, bytes(message.tags()));
            }
            insert.setLong(5, message.acceptedAtMillis());
            insert.setLong(6, message.window().toMillis());
            insert.setLong(7, message.ttl().toMillis());
            insert.executeUpdate();
        }
    }

    static boolean has(Connection connection, LaterMessage message) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement(Dialect.of(connection).select(ONE, 1))) {
            identify(select, message);
            try (ResultSet found = select.executeQuery()) {
                return found.next();
            }
        }
    }

    static void remove(Connection connection, LaterMessage message) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(DELETE_ONE)) {
            identify(delete, message);
            delete.executeUpdate();
        }
    }

    private static void identify(PreparedStatement statement, LaterMessage message) throws SQLException {
        statement.setString(1, message.channel());
        statement.setString(2, message.id());
        statement.setLong(3, message.acceptedAtMillis());
    }

    /** Waits until no other node has its turn, but not for long: then this fails with a time-out. */
    static void takeTurn(Connection connection) throws SQLException {
        try (PreparedStatement take = connection.prepareStatement(TAKE_TURN)) {
            take.setQueryTimeout(TURN_SECONDS);
            if (take.executeUpdate() != 1) {
                throw new SQLException("holdfast_outbox_turn has no row with id 1");
            }
        }
    }

    /**
     * The waiting rows that come first.
     *
     * @param except channels whose rows are left out
     * @param maxBytes no further row is read when the payloads are this large
     */
    static List<Row> read(Connection connection, Collection<String> except, int max, int maxBytes) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        String sql = dialect.select(conditions(except), max);
        List<Row> rows = read(connection, sql, except, maxBytes);
        return dialect.readsOneMoment() || rows.isEmpty()
                ? rows
                : complete(rows, read(connection, sql, except, maxBytes));
    }

    /**
     * The rows of each channel up to the first one that only the second reading has met. A reading row by row can pass the first
     * row of a transaction before it ends, and meet its second row after it ended. When the next reading begins, all rows of that
     * transaction are there.
     */
    static List<Row> complete(List<Row> first, List<Row> second) {
        Set<Long> known = first.stream().map(Row::number).collect(Collectors.toSet());
        Set<String> incomplete = new HashSet<>();
        List<Row> complete = new ArrayList<>();
        for (Row row : second) {
            String channel = row.message().channel();
            if (!known.contains(row.number())) {
                incomplete.add(channel);
            }
            if (!incomplete.contains(channel)) {
                complete.add(row);
            }
        }
        return complete;
    }

    private static List<Row> read(Connection connection, String sql, Collection<String> except, int maxBytes)
            throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            int parameter = 0;
            for (String channel : except) {
                select.setString(++parameter, channel);
            }
            int bytes = 0;
            try (ResultSet found = select.executeQuery()) {
                while (bytes < maxBytes && found.next()) {
                    Row row = row(found);
                    rows.add(row);
                    bytes += row.message().payload().length;
                }
            }
        }
        return rows;
    }

    private static String conditions(Collection<String> except) {
        return except.isEmpty()
                ? "state = 'W'"
                : "state = 'W' AND channel NOT IN (" + String.join(", ", Collections.nCopies(except.size(), "?")) + ")";
    }

    private static Row row(ResultSet found) throws SQLException {
        return new Row(
                found.getLong(1),
                new LaterMessage(
                        found.getString(2),
                        found.getString(3),
                        found.getBytes(4),
                        tags(found.getBytes(5)),
                        found.getLong(6),
                        Duration.ofMillis(found.getLong(7)),
                        Duration.ofMillis(found.getLong(8))));
    }

    static void delete(Connection connection, Collection<Long> numbers) throws SQLException {
        if (numbers.isEmpty()) {
            return;
        }
        try (PreparedStatement delete = connection.prepareStatement(DELETE)) {
            for (long number : numbers) {
                delete.setLong(1, number);
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }

    static void setAside(Connection connection, Map<Long, String> reasons) throws SQLException {
        if (reasons.isEmpty()) {
            return;
        }
        try (PreparedStatement update = connection.prepareStatement(SET_ASIDE)) {
            for (Map.Entry<Long, String> row : reasons.entrySet()) {
                String reason = row.getValue();
                update.setString(1, reason.substring(0, Math.min(MAX_REASON, reason.length())));
                update.setLong(2, row.getKey());
                update.addBatch();
            }
            update.executeBatch();
        }
    }

    static long countAside(Connection connection) throws SQLException {
        try (Statement count = connection.createStatement();
                ResultSet counted = count.executeQuery(COUNT_ASIDE)) {
            counted.next();
            return counted.getLong(1);
        }
    }

    /** Bytes, because a database need not store every character that a tag may have. */
    private static byte[] bytes(Map<String, String> tags) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(tags.size());
            for (Map.Entry<String, String> tag : tags.entrySet()) {
                out.writeUTF(tag.getKey());
                out.writeUTF(tag.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not in memory
        }
        return bytes.toByteArray();
    }

    private static Map<String, String> tags(byte @Nullable [] bytes) throws SQLException {
        if (bytes == null || bytes.length == 0) {
            return Map.of();
        }
        Map<String, String> tags = new LinkedHashMap<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            for (int left = in.readByte(); left > 0; left--) {
                tags.put(in.readUTF(), in.readUTF());
            }
        } catch (IOException e) {
            throw new SQLException("holdfast_outbox has tags that Holdfast has not written", e);
        }
        return tags;
    }
}
