package io.holdfast.stream.postgresql;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Removed;
import io.holdfast.stream.Retention;
import io.holdfast.stream.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** One batch of appends as the arguments of {@code holdfast_append}, and its answer as outcomes. */
final class AppendCall {
    private static final String SQL =
            "SELECT (f.answer).*, " + Totals.COLUMNS + " FROM holdfast_append(?, ?, ?::\"char\", ?, ?, ?, ?, ?,"
                    + " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) f";

    /** As long as {@code dedup.window} may be. */
    private static final long MAX_WINDOW_MILLIS = 7 * 86_400_000L;

    private final List<Append> batch;
    private final StreamNames names;
    private long window;

    private final int[] counts;
    private final long[] bytes;
    private final int[] least;
    private final long[] leastBytes;
    private final boolean[] odd;
    private final boolean[] fits;
    private final boolean[] drops;

    private final int[] stream;
    private final int[] nth;
    private final byte[][] ids;
    private final byte[][] payloads;
    private final byte[] @Nullable [] extras;
    private final int[] sizes;
    private final int[] crcs;
    private final long[] publishedAt;
    private final @Nullable Long[] expiresAt;
    private final long[] from;
    private final int[] most;
    private final long[] mostBytes;
    private final boolean[] reject;
    private final @Nullable Long[] versions;
    private final byte[] @Nullable [] versionEpochs;

    private record Id(int stream, String id) {}

    /** @param outcomes null where streams must be begun first */
    record Answer(@Nullable List<AppendOutcome> outcomes, byte[][] missing, long generation, Totals totals) {}

    AppendCall(List<Append> batch) {
        this.batch = batch;
        names = new StreamNames(batch.stream().map(Append::stream).toList());
        counts = new int[names.size()];
        bytes = new long[names.size()];
        least = new int[names.size()];
        leastBytes = new long[names.size()];
        odd = new boolean[names.size()];
        fits = new boolean[names.size()];
        drops = new boolean[names.size()];
        Arrays.fill(drops, true);
        Arrays.fill(least, Integer.MAX_VALUE);
        Arrays.fill(leastBytes, Long.MAX_VALUE);
        int size = batch.size();
        stream = new int[size];
        nth = new int[size];
        ids = new byte[size][];
        payloads = new byte[size][];
        extras = new byte[size][];
        sizes = new int[size];
        crcs = new int[size];
        publishedAt = new long[size];
        expiresAt = new Long[size];
        from = new long[size];
        most = new int[size];
        mostBytes = new long[size];
        reject = new boolean[size];
        versions = new Long[size];
        versionEpochs = new byte[size][];
        CRC32C crc = new CRC32C();
        Set<Id> seen = new HashSet<>();
        for (int i = 0; i < size; i++) {
            add(i, batch.get(i), crc, seen);
        }
    }

    private void add(int i, Append append, CRC32C crc, Set<Id> seen) {
        int at = names.indexOf(append.stream());
        Retention retention = append.retention();
        ids[i] = Encoding.utf8(append.id());
        payloads[i] = append.payload();
        extras[i] = Encoding.extras(append.tags(), append.publisher());
        sizes[i] = storedSize(append, ids[i]);
        crc.reset();
        crc.update(append.payload());
        crcs[i] = (int) crc.getValue();
        publishedAt[i] = append.publishedAtMillis();
        expiresAt[i] = append.expiresAtMillis() == Publication.NEVER ? null : append.expiresAtMillis();
        from[i] = append.deduplicateFromMillis();
        most[i] = retention.maxMessages();
        mostBytes[i] = retention.maxBytes();
        reject[i] = retention.overflow() == Retention.Overflow.REJECT;
        window = Math.max(
                window,
                Math.min(MAX_WINDOW_MILLIS, append.publishedAtMillis() - Math.max(0, append.deduplicateFromMillis())));
        stream[i] = at + 1;
        nth[i] = ++counts[at];
        bytes[at] += sizes[i];
        drops[at] &= !reject[i] && (counts[at] == 1 || (least[at] == most[i] && leastBytes[at] == mostBytes[i]));
        least[at] = Math.min(least[at], most[i]);
        leastBytes[at] = Math.min(leastBytes[at], mostBytes[i]);
        Version version = append.version();
        if (version != null) {
            versions[i] = version.number();
            versionEpochs[i] = Encoding.utf8(version.epoch());
        }
        odd[at] |= !seen.add(new Id(at, append.id())) || version != null;
        fits[at] |= sizes[i] <= mostBytes[i];
    }

    /** The appends' indexes, from 1, stream by stream. */
    private int[] order() {
        int[] begin = new int[counts.length];
        for (int i = 1; i < begin.length; i++) {
            begin[i] = begin[i - 1] + counts[i - 1];
        }
        int[] order = new int[stream.length];
        for (int i = 0; i < order.length; i++) {
            order[begin[stream[i] - 1] + nth[i] - 1] = i + 1;
        }
        return order;
    }

    /** Payload, tags, publisher and id: what counts against the byte bound of a stream. */
    private static int storedSize(Append append, byte[] id) {
        int size = append.payload().length + id.length;
        for (var tag : append.tags().entrySet()) {
            size += Encoding.utf8(tag.getKey()).length + Encoding.utf8(tag.getValue()).length;
        }
        return append.publisher() == null ? size : size + append.publisher().bytes();
    }

    /**
     * Stores the batch, or tells what was stored under its number.
     *
     * @param number of the batch among those of this node; rising, the same at each attempt
     */
    Answer on(Connection connection, long node, long number, long nowMillis, PostgreSqlOptions options)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            new Columns(connection, statement)
                    .number(node)
                    .number(number)
                    .text(durability(options.durability()))
                    .number(nowMillis)
                    .number(window)
                    .number(Durations.keep(options))
                    .number(Durations.held(options))
                    .flag(Durations.every(options))
                    .all(names.utf8())
                    .all(counts)
                    .all(bytes)
                    .all(least)
                    .all(leastBytes)
                    .all(odd)
                    .all(fits)
                    .all(drops)
                    .all(order())
                    .all(stream)
                    .all(nth)
                    .all(ids)
                    .all(payloads)
                    .all(extras)
                    .all(sizes)
                    .all(crcs)
                    .all(publishedAt)
                    .all(expiresAt)
                    .all(from)
                    .all(most)
                    .all(mostBytes)
                    .all(reject)
                    .all(versions)
                    .all(versionEpochs);
            try (ResultSet row = Columns.one(statement)) {
                byte[][] missing = Columns.byteArrays(row, 1);
                return new Answer(
                        missing.length > 0 ? null : outcomes(row), missing, row.getLong(2), Totals.at(row, 11));
            }
        }
    }

    private static String durability(Durability durability) {
        return switch (durability) {
            case LOCAL -> "l";
            case REPLICATED -> "r";
            case RELAXED -> "x";
        };
    }

    private List<AppendOutcome> outcomes(ResultSet row) throws SQLException {
        long generation = row.getLong(2);
        long[] epochNumbers = Columns.longs(row, 3);
        long[] tops = Columns.longs(row, 4);
        String[] epochs = new String[epochNumbers.length];
        for (int i = 0; i < epochs.length; i++) {
            epochs[i] = Encoding.epoch(epochNumbers[i], generation);
        }
        AppendOutcome[] outcomes = new AppendOutcome[batch.size()];
        List<List<Removed>> dropped = dropped(row);
        long[] listed = Columns.longs(row, 5);
        String[] kinds = Columns.codes(row, 6);
        long[] offsets = Columns.longs(row, 7);
        for (int i = 0; i < listed.length; i++) {
            int at = (int) listed[i] - 1;
            outcomes[at] = outcome(kinds[i], new Position(epochs[stream[at] - 1], offsets[i]), dropped.get(at));
        }
        for (int i = 0; i < outcomes.length; i++) {
            if (outcomes[i] == null) {
                outcomes[i] = new AppendOutcome.Stored(
                        new Position(epochs[stream[i] - 1], tops[stream[i] - 1] + nth[i]), dropped.get(i));
            }
        }
        return List.of(outcomes);
    }

    /** By append: what gave way to it. */
    private List<List<Removed>> dropped(ResultSet row) throws SQLException {
        List<List<Removed>> dropped = new ArrayList<>(Collections.nCopies(batch.size(), List.of()));
        long[] by = Columns.longs(row, 8);
        long[] offsets = Columns.longs(row, 9);
        byte[][] droppedIds = Columns.byteArrays(row, 10);
        for (int i = 0; i < by.length; i++) {
            int at = (int) by[i] - 1;
            if (dropped.get(at).isEmpty()) {
                dropped.set(at, new ArrayList<>());
            }
            String id = Encoding.text(droppedIds[i]);
            dropped.get(at).add(new Removed(batch.get(at).stream(), offsets[i], id, FinalState.DROPPED));
        }
        return dropped;
    }

    private static AppendOutcome outcome(String kind, Position position, List<Removed> dropped) {
        return switch (kind) {
            case "s" -> new AppendOutcome.Stored(position, dropped);
            case "d" -> new AppendOutcome.Duplicate(position, false);
            case "x" -> new AppendOutcome.Duplicate(position, true);
            case "v" -> new AppendOutcome.Outdated(position);
            case "r" -> new AppendOutcome.Refused();
            default -> throw new IllegalStateException("The outcome " + kind + " is unknown");
        };
    }
}
