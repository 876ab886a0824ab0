package io.holdfast.stream.postgresql;

import io.holdfast.stream.Applied;
import io.holdfast.stream.Change;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Removed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Changes as the arguments of {@code holdfast_apply}. */
final class ChangeCall {
    private static final String APPLY = "SELECT f.missing, f.again, f.generation, (f.applied).*, " + Totals.COLUMNS
            + " FROM holdfast_apply(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) f";
    private static final String UNUSED = "SELECT at FROM holdfast_unused(?, ?)";
    private static final String FORGET = "SELECT (f).* FROM holdfast_forget(?, ?) f";

    private final List<Change> changes = new ArrayList<>();
    private final List<Change.ForgetStream> forgets = new ArrayList<>(0);
    private final StreamNames names;
    private final long generation;

    private record Device(int stream, String name) {}

    /**
     * @param missing streams that must be begun first; nothing was done then
     */
    record Answer(byte[][] missing, long generation, Applied applied, Totals totals) {}

    /** @param generation of the history that the changes belong to */
    ChangeCall(List<Change> all, long generation) {
        this.generation = generation;
        for (Change change : all) {
            if (change instanceof Change.ForgetStream whole) {
                forgets.add(whole);
            } else {
                changes.add(change);
            }
        }
        names = new StreamNames(all.stream().map(Change::stream).toList());
    }

    /** @param number of the call among those of this node; rising, the same at each attempt */
    Answer on(Connection connection, long node, long number, long nowMillis, PostgreSqlOptions options)
            throws SQLException {
        if (forgets.isEmpty()) {
            return apply(connection, node, number, nowMillis, options, new boolean[1]);
        }
        connection.setAutoCommit(false);
        boolean[] again = new boolean[1];
        Answer answer = apply(connection, node, number, nowMillis, options, again);
        if (answer.missing.length == 0 && !again[0]) {
            Totals after = forget(connection, node);
            answer = after == null ? answer : new Answer(answer.missing, answer.generation, answer.applied, after);
        }
        connection.commit();
        connection.setAutoCommit(true);
        return answer;
    }

    private Answer apply(
            Connection connection, long node, long number, long nowMillis, PostgreSqlOptions options, boolean[] again)
            throws SQLException {
        int size = changes.size();
        boolean[] begins = new boolean[names.size()];
        boolean[] odd = new boolean[names.size()];
        Set<Device> moved = new HashSet<>();
        int[] stream = new int[size];
        String[] kinds = new String[size];
        byte[] @Nullable [] devices = new byte[size][];
        long[] offsets = new long[size];
        long[] times = new long[size];
        boolean[] flags = new boolean[size];
        @Nullable String[] states = new String[size];
        @Nullable String[] notes = new String[size];
        long[] fences = new long[size];
        boolean[] held = new boolean[size];
        for (int i = 0; i < size; i++) {
            Change change = changes.get(i);
            int at = names.indexOf(change.stream());
            stream[i] = at + 1;
            odd[at] |= !(change instanceof Change.MoveCursor move && moved.add(new Device(at, move.device())));
            if (change instanceof Change.MoveCursor move) {
                begins[at] = true;
                kinds[i] = "m";
                devices[i] = Encoding.utf8(move.device());
                offsets[i] = move.offset();
                times[i] = move.seenAtMillis();
                flags[i] = move.confirmed();
                fences[i] = move.claim().fence();
                held[i] = move.claim().connected();
            } else if (change instanceof Change.GiveUp giveUp) {
                begins[at] = true;
                kinds[i] = "g";
                devices[i] = Encoding.utf8(giveUp.device());
                offsets[i] = giveUp.offset();
                times[i] = giveUp.seenAtMillis();
                fences[i] = giveUp.claim().fence();
                held[i] = giveUp.claim().connected();
            } else if (change instanceof Change.Note note) {
                kinds[i] = "n";
                devices[i] = Encoding.utf8(note.device());
                notes[i] = note.note();
                fences[i] = note.claim().fence();
            } else if (change instanceof Change.ForgetDevice forget) {
                kinds[i] = "f";
                devices[i] = Encoding.utf8(forget.device());
                times[i] = forget.unseenSinceMillis();
            } else if (change instanceof Change.Settle settle) {
                kinds[i] = "s";
                offsets[i] = settle.offset();
                times[i] = settle.atMillis();
                states[i] = Encoding.code(settle.state());
            } else if (change instanceof Change.Discard discard) {
                kinds[i] = "d";
                offsets[i] = discard.upTo();
                times[i] = discard.atMillis();
                states[i] = Encoding.code(FinalState.DROPPED);
            } else {
                throw new IllegalArgumentException("an unknown change: " + change);
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(APPLY)) {
            new Columns(connection, statement)
                    .number(node)
                    .number(number)
                    .number(generation)
                    .number(nowMillis)
                    .number(Durations.keep(options))
                    .number(options.outboxes().windowMillis())
                    .number(options.outboxes().slotMillis())
                    .all(names.utf8())
                    .all(begins)
                    .all(odd)
                    .all(stream)
                    .codes(kinds)
                    .all(devices)
                    .all(offsets)
                    .all(times)
                    .all(flags)
                    .codes(states)
                    .all(notes)
                    .all(fences)
                    .all(held)
                    .flag(Arrays.stream(fences).anyMatch(fence -> fence != 0));
            try (ResultSet row = Columns.one(statement)) {
                again[0] = row.getBoolean(2);
                return new Answer(Columns.byteArrays(row, 1), row.getLong(3), applied(row, fences), Totals.at(row, 11));
            }
        }
    }

    /** From column 4 on. */
    private Applied applied(ResultSet row, long[] fences) throws SQLException {
        List<Applied.Refused> refused = new ArrayList<>(0);
        for (long at : Columns.longs(row, 4)) {
            Change change = changes.get((int) at - 1);
            refused.add(new Applied.Refused(change.stream(), device(change), fences[(int) at - 1]));
        }
        List<Applied.Confirmed> confirmed = new ArrayList<>();
        long[] in = Columns.longs(row, 5);
        long[] offsets = Columns.longs(row, 6);
        for (int from = 0, to; from < in.length; from = to) {
            to = from + 1;
            while (to < in.length && in[to] == in[from]) {
                to++;
            }
            confirmed.add(new Applied.Confirmed(names.name((int) in[from] - 1), Arrays.copyOfRange(offsets, from, to)));
        }
        List<Removed> removed = new ArrayList<>(0);
        long[] removedIn = Columns.longs(row, 7);
        long[] gone = Columns.longs(row, 8);
        byte[][] goneIds = Columns.byteArrays(row, 9);
        String[] states = Columns.codes(row, 10);
        for (int i = 0; i < gone.length; i++) {
            FinalState state = Objects.requireNonNull(Encoding.state(states[i]));
            removed.add(new Removed(names.name((int) removedIn[i] - 1), gone[i], Encoding.text(goneIds[i]), state));
        }
        return new Applied(refused, confirmed, removed);
    }

    private static String device(Change change) {
        if (change instanceof Change.MoveCursor move) {
            return move.device();
        } else if (change instanceof Change.GiveUp giveUp) {
            return giveUp.device();
        } else if (change instanceof Change.Note note) {
            return note.device();
        }
        throw new IllegalArgumentException("without a claim: " + change);
    }

    /** Asks whether the unused streams are wanted, while they are locked. */
    private @Nullable Totals forget(Connection connection, long node) throws SQLException {
        byte[][] asked =
                forgets.stream().map(each -> Encoding.utf8(each.stream())).toArray(byte[][]::new);
        long[] since = forgets.stream()
                .mapToLong(Change.ForgetStream::unusedSinceMillis)
                .toArray();
        Set<String> forgotten = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(UNUSED)) {
            new Columns(connection, statement).all(asked).all(since);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Change.ForgetStream forget = forgets.get(rows.getInt(1) - 1);
                    if (!forgotten.contains(forget.stream())
                            && forget.unwanted().getAsBoolean()) {
                        forgotten.add(forget.stream());
                    }
                }
            }
        }
        if (forgotten.isEmpty()) {
            return null;
        }
        try (PreparedStatement statement = connection.prepareStatement(FORGET)) {
            new Columns(connection, statement)
                    .number(node)
                    .all(forgotten.stream().map(Encoding::utf8).toArray(byte[][]::new));
            try (ResultSet row = Columns.one(statement)) {
                return Totals.at(row, 1);
            }
        }
    }
}
