package io.holdfast.stream.postgresql;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.RecordBatch;
import io.holdfast.stream.SmallRecords;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Small records in a table of their own. They are written by the engine's writer, between two other writes. */
final class StoredRecords implements SmallRecords {
    private static final String SCAN = "SELECT key, value FROM holdfast_record WHERE key >= ? AND key < ? ORDER BY key";
    private static final String WRITE = "SELECT holdfast_write_records(?, ?, ?, ?, ?)";
    private static final long WAIT_SECONDS = 20;

    /** Above every byte of UTF-8. */
    private static final byte HIGHEST = (byte) 0xff;

    private final Connections connections;
    private final Function<DatabaseWriter.Call<Boolean>, CompletableFuture<Boolean>> writing;

    /** @param writing has the engine's writer run a call */
    StoredRecords(Connections connections, Function<DatabaseWriter.Call<Boolean>, CompletableFuture<Boolean>> writing) {
        this.connections = connections;
        this.writing = writing;
    }

    @Override
    public SortedMap<String, String> scan(String prefix) {
        byte[] from = Encoding.utf8(prefix);
        byte[] to = Arrays.copyOf(from, from.length + 1);
        to[from.length] = HIGHEST;
        return connections.read("reading records", connection -> {
            SortedMap<String, String> found = new TreeMap<>();
            try (PreparedStatement statement = connection.prepareStatement(SCAN)) {
                new Columns(connection, statement).bytes(from).bytes(to);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        found.put(Encoding.text(rows.getBytes(1)), Encoding.text(rows.getBytes(2)));
                    }
                }
            }
            return found;
        });
    }

    @Override
    public void write(RecordBatch batch) {
        write(batch, true);
    }

    @Override
    public void writeUnsynced(RecordBatch batch) {
        write(batch, false);
    }

    private void write(RecordBatch batch, boolean sync) {
        List<String> keys = List.copyOf(batch.changes().keySet());
        byte[][] names = keys.stream().map(Encoding::utf8).toArray(byte[][]::new);
        byte[][] values = keys.stream()
                .map(key -> batch.changes().get(key))
                .map(value -> value.map(Encoding::utf8).orElse(null))
                .toArray(byte[][]::new);
        CompletableFuture<Boolean> done = writing.apply((connection, node, number) -> {
            try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
                new Columns(connection, statement)
                        .number(node)
                        .number(number)
                        .flag(sync)
                        .all(names)
                        .all(values);
                Columns.one(statement).close();
                return true;
            }
        });
        try {
            done.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(Reason.TIMEOUT, "Interrupted while the store was writing.", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof EngineException failure
                    ? failure
                    : new EngineException(Reason.IO, "The store failed unexpectedly; see the log.", e.getCause());
        } catch (TimeoutException e) {
            throw new EngineException(
                    Reason.TIMEOUT, "The database did not answer in time. Check its load and locks.", e);
        }
    }
}
