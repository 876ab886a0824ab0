package io.holdfast.stream.postgresql;

import io.holdfast.stream.Claim;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.MessageRecord;
import io.holdfast.stream.Opened;
import io.holdfast.stream.Page;
import io.holdfast.stream.Page.Continuity;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.StoredStream;
import io.holdfast.stream.StreamEngine;
import io.holdfast.stream.StreamStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads of streams. Each is one statement, and so of one moment. */
final class StreamReads {
    private static final String READ = "SELECT * FROM holdfast_read(?, ?, ?, ?, ?, ?)";
    private static final String BACKWARDS = "SELECT * FROM holdfast_read_backwards(?, ?, ?, ?)";
    private static final String DEVICES = "SELECT d.device, d.off, d.seen, d.generation <> m.generation, d.claim,"
            + " holdfast_connected(d.node), d.note FROM holdfast_meta m, holdfast_stream s JOIN holdfast_device d ON d.sid = s.sid"
            + " WHERE s.name = ?";
    private static final String MESSAGE = "SELECT s.epoch, m.generation, k.off, k.pub, k.state, k.ended_at"
            + " FROM holdfast_meta m, holdfast_stream s JOIN holdfast_id k ON k.sid = s.sid WHERE s.name = ? AND k.id = ?";
    private static final String OPEN = "SELECT * FROM holdfast_open(?, ?, ?, ?, ?, ?, ?)";
    private static final String STREAMS = "SELECT * FROM holdfast_streams(?, ?, ?)";

    private StreamReads() {}

    static StreamStatus info(Connection connection, String stream) throws SQLException {
        return page(connection, stream, new Position("", 0), 0, 0).info();
    }

    /** @param maxMessages 0 for the stream's state alone */
    static Page page(Connection connection, String stream, Position after, int maxMessages, int maxBytes)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            new Columns(connection, statement).bytes(Encoding.utf8(stream));
            long[] epoch = Encoding.epoch(after.epoch());
            if (after.epoch().isEmpty()) {
                statement.setNull(2, java.sql.Types.BIGINT);
            } else {
                statement.setLong(2, epoch[0]);
            }
            statement.setLong(3, epoch[1]);
            statement.setLong(4, after.offset());
            statement.setLong(5, maxMessages);
            statement.setLong(6, maxBytes);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                StreamStatus info = status(rows);
                List<Publication> publications = new ArrayList<>();
                boolean more = false;
                while (rows.next()) {
                    if (rows.getBoolean(18)) {
                        publications.add(publication(rows, 12));
                    } else {
                        more = true;
                    }
                }
                return new Page(continuity(after, info), publications, more, info);
            }
        }
    }

    private static StreamStatus status(ResultSet row) throws SQLException {
        long top = row.getLong(3);
        return new StreamStatus(
                new Position(Encoding.epoch(row.getLong(1), row.getLong(2)), top),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                Arrays.stream(Columns.longs(row, 7)).boxed().toList(),
                row.getInt(8),
                row.getLong(9),
                row.getInt(10),
                row.getLong(11));
    }

    private static Continuity continuity(Position after, StreamStatus info) {
        boolean otherEpoch =
                !after.epoch().isEmpty() && !after.epoch().equals(info.top().epoch());
        if (otherEpoch || after.offset() > info.top().offset()) {
            return Continuity.EPOCH_CHANGED;
        }
        return after.offset() < info.lostUpTo() ? Continuity.LOST : Continuity.CONTINUOUS;
    }

    /** @param first the index of the first of: offset, published at, expires at, id, extras, payload */
    private static Publication publication(ResultSet row, int first) throws SQLException {
        long expires = row.getLong(first + 2);
        boolean never = row.wasNull();
        Encoding.Extras extras = Encoding.extras(row.getBytes(first + 4));
        return new Publication(
                row.getLong(first),
                Encoding.text(row.getBytes(first + 3)),
                row.getBytes(first + 5),
                extras.tags(),
                row.getLong(first + 1),
                never ? Publication.NEVER : expires,
                extras.publisher());
    }

    static List<Publication> backwards(Connection connection, String stream, long before, int maxMessages, int maxBytes)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(BACKWARDS)) {
            new Columns(connection, statement)
                    .bytes(Encoding.utf8(stream))
                    .number(before)
                    .number(maxMessages)
                    .number(maxBytes);
            try (ResultSet rows = statement.executeQuery()) {
                List<Publication> found = new ArrayList<>();
                while (rows.next()) {
                    found.add(publication(rows, 1));
                }
                return found;
            }
        }
    }

    static List<DeviceCursor> devices(Connection connection, String stream) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(DEVICES)) {
            new Columns(connection, statement).bytes(Encoding.utf8(stream));
            try (ResultSet rows = statement.executeQuery()) {
                List<DeviceCursor> devices = new ArrayList<>();
                while (rows.next()) {
                    devices.add(device(rows, 1));
                }
                return devices;
            }
        }
    }

    private static DeviceCursor device(ResultSet row, int first) throws SQLException {
        return new DeviceCursor(
                Encoding.text(row.getBytes(first)),
                row.getLong(first + 1),
                row.getLong(first + 2),
                row.getBoolean(first + 3),
                new Claim(row.getLong(first + 4), row.getBoolean(first + 5)),
                row.getString(first + 6));
    }

    /**
     * @param claimed the device that the node claims; null for none
     * @param openedAtMillis when its connection was opened, by the database's clock
     */
    static Opened open(
            Connection connection,
            long node,
            String stream,
            @Nullable String claimed,
            long openedAtMillis,
            long nowMillis,
            long lookAtMillis)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OPEN)) {
            new Columns(connection, statement)
                    .number(node)
                    .bytes(Encoding.utf8(stream))
                    .bytes(claimed == null ? null : Encoding.utf8(claimed))
                    .number(openedAtMillis)
                    .number(StreamEngine.SURELY_LATER.toMillis())
                    .number(nowMillis)
                    .number(lookAtMillis);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                StreamStatus info = status(rows);
                long fence = rows.getLong(12);
                boolean known = rows.getBoolean(13);
                List<DeviceCursor> devices = new ArrayList<>();
                do {
                    if (rows.getBytes(14) != null) {
                        devices.add(device(rows, 14));
                    }
                } while (rows.next());
                return new Opened(info, devices, fence, known);
            }
        }
    }

    static Optional<MessageRecord> message(Connection connection, String stream, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(MESSAGE)) {
            new Columns(connection, statement).bytes(Encoding.utf8(stream)).bytes(Encoding.utf8(id));
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                return Optional.of(new MessageRecord(
                        new Position(Encoding.epoch(rows.getLong(1), rows.getLong(2)), rows.getLong(3)),
                        rows.getLong(4),
                        Encoding.state(rows.getString(5)),
                        rows.getLong(6)));
            }
        }
    }

    static Optional<StoredStream> stored(Connection connection, String stream) throws SQLException {
        byte[] name = Encoding.utf8(stream);
        return streams(connection, name, name, 1).stream().findFirst();
    }

    static List<StoredStream> streams(Connection connection, String after, int max) throws SQLException {
        byte[] name = Encoding.utf8(after);
        return streams(connection, name.length == 0 ? name : Arrays.copyOf(name, name.length + 1), null, max);
    }

    private static List<StoredStream> streams(Connection connection, byte[] from, byte @Nullable [] to, int max)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(STREAMS)) {
            new Columns(connection, statement).bytes(from).bytes(to).count(max);
            try (ResultSet rows = statement.executeQuery()) {
                List<StoredStream> found = new ArrayList<>();
                while (rows.next()) {
                    String name = Encoding.text(rows.getBytes(1));
                    StoredStream last = found.isEmpty() ? null : found.get(found.size() - 1);
                    if (last == null || !last.name().equals(name)) {
                        last = new StoredStream(name, rows.getLong(2), rows.getBoolean(3), new ArrayList<>(2));
                        found.add(last);
                    }
                    if (rows.getBytes(4) != null) {
                        last.devices().add(device(rows, 4));
                    }
                }
                return found;
            }
        }
    }
}
