package io.holdfast.stream.rocksdb;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.RecordBatch;
import io.holdfast.stream.SmallRecords;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Small records in a column family of their own. They are written by the engine's writer, between two other writes. */
final class StoredRecords implements SmallRecords {
    private static final long WAIT_SECONDS = 20;

    /** Above every byte of UTF-8. */
    private static final byte HIGHEST = (byte) 0xff;

    private final Function<Function<Store, SortedMap<String, String>>, SortedMap<String, String>> reading;
    private final Function<Function<Store, Boolean>, CompletableFuture<Boolean>> writing;

    /**
     * @param reading runs a function while the store cannot be closed
     * @param writing has the engine's writer run a function
     */
    StoredRecords(
            Function<Function<Store, SortedMap<String, String>>, SortedMap<String, String>> reading,
            Function<Function<Store, Boolean>, CompletableFuture<Boolean>> writing) {
        this.reading = reading;
        this.writing = writing;
    }

    @Override
    public SortedMap<String, String> scan(String prefix) {
        byte[] from = Layout.utf8(prefix);
        byte[] to = Arrays.copyOf(from, from.length + 1);
        to[from.length] = HIGHEST;
        return reading.apply(store -> {
            SortedMap<String, String> found = new TreeMap<>();
            try (Store.Range records = store.range(Family.RECORDS, from, to)) {
                for (; records.isValid(); records.next()) {
                    found.put(text(records.key()), text(records.value()));
                }
            }
            return found;
        });
    }

    private static String text(byte[] utf8) {
        return Layout.text(utf8, 0, utf8.length);
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
        CompletableFuture<Boolean> done = writing.apply(store -> {
            StoreBatch encoded = store.nextBatch();
            batch.changes()
                    .forEach((key, value) -> value.ifPresentOrElse(
                            text -> encoded.put(Family.RECORDS, Layout.utf8(key), Layout.utf8(text)),
                            () -> encoded.remove(Family.RECORDS, Layout.utf8(key))));
            store.writeRecords(encoded, sync);
            return true;
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
            throw new EngineException(Reason.TIMEOUT, "The store did not answer in time. Check the disk.", e);
        }
    }
}
