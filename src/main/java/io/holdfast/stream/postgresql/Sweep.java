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
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * One sweep: {@code holdfast_due} tells which streams to look at, this node's connections tell what they have yet to get, and
 * {@code holdfast_expire} looks, under the streams' locks. What a device gave up in between waits for the next sweep.
 *
 * <p>Where nodes share the database, one of them trims. Each tells in time what its own connections have yet to get of what
 * is confirmed: that is a <i>hold</i>, and needed only for tabs that share a cursor and are slower than the recovery window.
 */
final class Sweep {
    private static final String DUE =
            "SELECT d.sid, d.name, d.given_up, d.expired, d.confirmed, d.ready, d.looked, d.more FROM holdfast_due(?, ?, ?) d";
    private static final String EXPIRE = "SELECT (f.swept).*, " + Totals.COLUMNS
            + " FROM holdfast_expire(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) f";

    private final long nowMillis;
    private final int max;
    private final Holding holding;
    private final Set<Long> held;
    private final List<Due> due = new ArrayList<>();
    private final Map<Long, Long> holds = new HashMap<>();
    private final List<Long> freed = new ArrayList<>();
    private long looked;
    private boolean more;

    /** A stream to look at. @param wanted for each offset that was given up, whether a device of this node may still want it */
    private record Due(long stream, long handed, long[] expired, long[] givenUp, boolean[] wanted) {}

    private record Found(Removed removed, long expiresAtMillis) {}

    record Answer(Expired expired, Totals totals) {}

    /** @param held the streams that this node has holds on, kept by the caller from one sweep to the next */
    Sweep(long nowMillis, int max, Holding holding, Set<Long> held) {
        this.nowMillis = nowMillis;
        this.max = max;
        this.holding = holding;
        this.held = held;
    }

    Answer on(Connection connection, long node, long number, long clockMillis, PostgreSqlOptions options)
            throws SQLException {
        ask(connection, node);
        try (PreparedStatement statement = connection.prepareStatement(EXPIRE)) {
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
                    .number(looked)
                    .all(longs(holds.keySet()))
                    .all(longs(holds.values()))
                    .all(longs(freed))
                    .all(due.stream().mapToLong(Due::stream).toArray())
                    .all(due.stream().mapToLong(Due::handed).toArray())
                    .all(all(Due::expired))
                    .all(ends(Due::expired))
                    .all(all(Due::givenUp))
                    .all(ends(Due::givenUp))
                    .all(wanted());
            try (ResultSet row = Columns.one(statement)) {
                more |= row.getBoolean(6);
                freed.forEach(held::remove);
                return new Answer(new Expired(removed(row), !more), Totals.at(row, 7));
            }
        }
    }

    private void ask(Connection connection, long node) throws SQLException {
        due.clear();
        holds.clear();
        freed.clear();
        more = false;
        looked = nowMillis;
        try (PreparedStatement statement = connection.prepareStatement(DUE)) {
            new Columns(connection, statement).number(node).number(nowMillis).count(max);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String name = Encoding.text(rows.getBytes(2));
                    long handed = holding.handedUpTo(name);
                    hold(rows.getLong(1), handed, rows.getLong(5));
                    looked = rows.getLong(7);
                    more = rows.getBoolean(8);
                    if (!rows.getBoolean(6)) {
                        continue;
                    }
                    long[] givenUp = Columns.longs(rows, 3);
                    boolean[] wanted = new boolean[givenUp.length];
                    for (int i = 0; i < givenUp.length; i++) {
                        wanted[i] = holding.wanted(name, givenUp[i]);
                    }
                    due.add(new Due(rows.getLong(1), handed, Columns.longs(rows, 4), givenUp, wanted));
                }
            }
        }
        held.addAll(holds.keySet());
    }

    private void hold(long stream, long handed, long confirmed) {
        if (handed < confirmed) {
            holds.put(stream, handed);
        } else if (held.contains(stream)) {
            freed.add(stream);
        }
    }

    private static long[] longs(Collection<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    /** Stream by stream. */
    private long[] all(Function<Due, long[]> offsets) {
        return due.stream().map(offsets).flatMapToLong(Arrays::stream).toArray();
    }

    /** For each stream, how many there are up to its last one. */
    private int[] ends(Function<Due, long[]> offsets) {
        int[] ends = due.stream().mapToInt(each -> offsets.apply(each).length).toArray();
        Arrays.parallelPrefix(ends, Integer::sum);
        return ends;
    }

    private boolean[] wanted() {
        boolean[] all =
                new boolean[due.stream().mapToInt(each -> each.wanted.length).sum()];
        int at = 0;
        for (Due each : due) {
            System.arraycopy(each.wanted, 0, all, at, each.wanted.length);
            at += each.wanted.length;
        }
        return all;
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
