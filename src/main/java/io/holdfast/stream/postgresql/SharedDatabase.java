package io.holdfast.stream.postgresql;

import io.holdfast.stream.Node;
import io.holdfast.stream.NodeAddress;
import io.holdfast.stream.Position;
import io.holdfast.stream.SharedStore;
import java.net.URI;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** What the nodes of one database know of each other. On the readers' connections: a write may wait long for its commit. */
final class SharedDatabase implements SharedStore {
    private static final String ANNOUNCE = "SELECT holdfast_announce(?, ?, ?, ?)";
    private static final String WITHDRAW = "DELETE FROM holdfast_address WHERE node = ?";
    private static final String NODES = "SELECT a.node, a.url, a.version, (extract(epoch FROM a.begun) * 1000)::bigint"
            + " FROM holdfast_address a WHERE a.lease > clock_timestamp() ORDER BY a.begun, a.node";
    private static final String TAKE = "INSERT INTO holdfast_task AS t (name, node, lease)"
            + " VALUES (?, ?, clock_timestamp() + ? * interval '1 millisecond')"
            + " ON CONFLICT (name) DO UPDATE SET node = EXCLUDED.node, lease = EXCLUDED.lease"
            + " WHERE t.node = EXCLUDED.node OR t.lease < clock_timestamp() RETURNING true";
    private static final String SECRET = "SELECT m.secret FROM holdfast_meta m";
    private static final String TAKEN_OVER = "SELECT t.name, t.device, t.claim, t.later FROM holdfast_taken_over(?) t";
    private static final String HEADS = "SELECT h.nth, h.epoch, h.generation, h.top FROM holdfast_heads(?) h";

    private final Connections connections;
    private final LongSupplier node;
    private final DatabaseClock clock;

    SharedDatabase(Connections connections, LongSupplier node, LongSupplier nanos) {
        this.connections = connections;
        this.node = node;
        this.clock = new DatabaseClock(nanos);
    }

    /** From now on the database's clock is known. */
    void open() {
        connections.read("reading the clock", clock::read);
    }

    @Override
    public long clockMillis() {
        return clock.millis();
    }

    @Override
    public long node() {
        return node.getAsLong();
    }

    @Override
    public void announce(NodeAddress address, Duration lease) {
        connections.read("announcing this node", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(ANNOUNCE)) {
                new Columns(connection, statement)
                        .number(node())
                        .text(address.url().toString())
                        .text(address.version())
                        .number(lease.toMillis());
                Columns.one(statement).close();
                return true;
            }
        });
    }

    @Override
    public void withdraw() {
        connections.read("withdrawing this node", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(WITHDRAW)) {
                statement.setLong(1, node());
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public List<Node> nodes() {
        return connections.read("reading the nodes", connection -> {
            clock.read(connection);
            List<Node> nodes = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(NODES);
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    nodes.add(new Node(
                            rows.getLong(1),
                            new NodeAddress(URI.create(rows.getString(2)), rows.getString(3)),
                            Instant.ofEpochMilli(rows.getLong(4))));
                }
            }
            return nodes;
        });
    }

    @Override
    public boolean take(String task, Duration lease) {
        return connections.read("taking a task", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(TAKE)) {
                new Columns(connection, statement).text(task).number(node()).number(lease.toMillis());
                try (ResultSet row = statement.executeQuery()) {
                    return row.next();
                }
            }
        });
    }

    @Override
    public byte[] secret() {
        return connections.read("reading the nodes' secret", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(SECRET);
                    ResultSet row = Columns.one(statement)) {
                return row.getBytes(1);
            }
        });
    }

    @Override
    public List<TakenOver> takenOver() {
        return connections.read("reading the claims of other nodes", connection -> {
            List<TakenOver> all = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(TAKEN_OVER)) {
                statement.setLong(1, node());
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        all.add(new TakenOver(
                                Encoding.text(rows.getBytes(1)),
                                Encoding.text(rows.getBytes(2)),
                                rows.getLong(3),
                                rows.getLong(4)));
                    }
                }
            }
            return all;
        });
    }

    @Override
    public Map<String, Position> heads(Collection<String> streams) {
        List<String> names = List.copyOf(streams);
        if (names.isEmpty()) {
            return Map.of();
        }
        byte[][] utf8 = names.stream().map(Encoding::utf8).toArray(byte[][]::new);
        return connections.read("reading the heads of streams", connection -> {
            clock.read(connection);
            Map<String, Position> heads = new HashMap<>();
            try (PreparedStatement statement = connection.prepareStatement(HEADS)) {
                new Columns(connection, statement).all(utf8);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        heads.put(
                                names.get(rows.getInt(1) - 1),
                                new Position(Encoding.epoch(rows.getLong(2), rows.getLong(3)), rows.getLong(4)));
                    }
                }
            }
            return heads;
        });
    }
}
