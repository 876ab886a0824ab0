package io.holdfast.stream.postgresql;

import io.holdfast.stream.FinalState;
import io.holdfast.stream.Removed;
import io.holdfast.stream.StreamEngine.Expired;
import io.holdfast.stream.StreamEngine.Holding;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * One sweep: {@code holdfast_due} tells which streams to look at, this node's connections tell what they have yet to get, and
 * {@code holdfast_expire} looks, under the streams' locks. What a device gave up in between waits for the next sweep.
 */
final class Sweep {
    private static final String DUE = "SELECT sid, name, given_up, expired, until, more FROM holdfast_due(?, ?)";
    private static final String EXPIRE = "SELECT f.names, f.offs, f.ids, f.states, f.exps, f.more, " + Totals.COLUMNS
            + " FROM holdfast_expire(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) f";

    private final long nowMillis;
    private final int max;
    private final Holding holding;
    private final List<Due> due = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();
    private long until;
    private boolean more;

    private record Due(long stream, boolean expired, long handed) {}

    private record Asked(long stream, long offset, boolean wanted) {}

    private record Found(Removed removed, long expiresAtMillis) {}

    record Answer(Expired expired, Totals totals) {}

    Sweep(long nowMillis, int max, Holding holding) {
        this.nowMillis = nowMillis;
        this.max = max;
        this.holding = holding;
        this.until = nowMillis;
    }

    Answer on(Connection connection, long node, long number, long clockMillis, PostgreSqlOptions options)
            throws SQLException {
        ask(connection);
        try (PreparedStatement statement = connection.prepareStatement(EXPIRE)) {
            boolean[] expired = new boolean[due.size()];
            boolean[] wanted = new boolean[asked.size()];
            for (int i = 0; i < expired.length; i++) {
                expired[i] = due.get(i).expired;
            }
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = asked.get(i).wanted;
            }
            new Columns(connection, statement)
                    .number(node)
                    .number(number)
                    .number(nowMillis)
                    .number(clockMillis)
                    .number(Durations.keep(options))
                    .number(Durations.held(options))
                    .flag(Durations.every(options))
                    .number(options.outboxes().windowMillis())
                    .number(Durations.empty(options))
                    .count(max)
                    .number(until)
                    .all(due.stream().mapToLong(Due::stream).toArray())
                    .all(expired)
                    .all(due.stream().mapToLong(Due::handed).toArray())
                    .all(asked.stream().mapToLong(Asked::stream).toArray())
                    .all(asked.stream().mapToLong(Asked::offset).toArray())
                    .all(wanted);
            try (ResultSet row = Columns.one(statement)) {
                more |= row.getBoolean(6);
                return new Answer(new Expired(removed(row), !more), Totals.at(row, 7));
            }
        }
    }

    private void ask(Connection connection) throws SQLException {
        due.clear();
        asked.clear();
        more = false;
        until = nowMillis;
        try (PreparedStatement statement = connection.prepareStatement(DUE)) {
            new Columns(connection, statement).number(nowMillis).count(max);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    long stream = rows.getLong(1);
                    String name = Encoding.text(rows.getBytes(2));
                    for (long offset : Columns.longs(rows, 3)) {
                        asked.add(new Asked(stream, offset, holding.wanted(name, offset)));
                    }
                    due.add(new Due(stream, rows.getBoolean(4), holding.handedUpTo(name)));
                    until = rows.getLong(5);
                    more = rows.getBoolean(6);
                }
            }
        }
    }

    private static List<Removed> removed(ResultSet row) throws SQLException {
        byte[][] names = Columns.byteArrays(row, 1);
        long[] offsets = Columns.longs(row, 2);
        byte[][] ids = Columns.byteArrays(row, 3);
        String[] states = Columns.codes(row, 4);
        long[] expires = Columns.longs(row, 5);
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            FinalState state = Objects.requireNonNull(Encoding.state(states[i]));
            found.add(new Found(
                    new Removed(Encoding.text(names[i]), offsets[i], Encoding.text(ids[i]), state), expires[i]));
        }
        found.sort(Comparator.comparingLong(Found::expiresAtMillis));
        return found.stream().map(Found::removed).toList();
    }
}
