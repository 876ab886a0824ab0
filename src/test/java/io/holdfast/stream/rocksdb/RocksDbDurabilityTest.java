package io.holdfast.stream.rocksdb;

import static io.holdfast.stream.StreamEngineContract.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome.Duplicate;
import io.holdfast.stream.AppendOutcome.Stored;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** Nothing is answered, and nothing delivered, that a power cut could still take away. */
class RocksDbDurabilityTest {

    private static final Retention WIDE = new Retention(100, 1 << 20, Retention.Overflow.DROP_OLDEST);

    @TempDir
    Path parent;

    private final CountingDisk disk = new CountingDisk();

    @Test
    void an_append_is_synced_before_its_receipt() {
        try (RocksDbEngine engine = open(TestStores.options(parent))) {
            await(engine.append(List.of(message("a"))));
            assertThat(disk.events).containsExactly("synced write");
            await(engine.apply(List.of(new Change.MoveCursor("s", "d", 1, 1, true))));
            assertThat(disk.events).containsExactly("synced write", "write");
        }
    }

    @Test
    void an_append_is_not_synced_where_the_configuration_says_so() {
        try (RocksDbEngine engine = open(TestStores.options(parent, false, true, 1 << 30))) {
            await(engine.append(List.of(message("a"))));
            assertThat(disk.events).containsExactly("write");
        }
    }

    @Test
    void what_a_failed_sync_left_is_flushed_before_its_repetition_is_answered() throws IOException {
        try (RocksDbEngine engine = open(TestStores.options(parent))) {
            List<Append> batch = List.of(message("a"));
            fail(engine, batch);
            assertThat(await(engine.append(batch))).containsExactly(new Stored(top(engine), List.of()));
            assertThat(disk.events).containsExactly("failed sync", "flush");
            assertThat(tables()).isPositive();
        }
    }

    @Test
    void what_a_failed_sync_left_is_flushed_before_another_is_told_duplicate() {
        try (RocksDbEngine engine = open(TestStores.options(parent))) {
            fail(engine, List.of(message("a")));
            assertThat(await(engine.append(List.of(message("a"))))).containsExactly(new Duplicate(top(engine), false));
            assertThat(disk.events).containsExactly("failed sync", "flush");
        }
    }

    @Test
    void what_an_unclean_end_left_is_flushed_before_it_can_be_read() throws IOException {
        endUnclean();
        try (RocksDbEngine engine = open(TestStores.options(parent))) {
            assertThat(disk.events).containsExactly("flush");
            assertThat(tables()).isPositive();
            assertThat(ids(engine)).containsExactly("a");
        }
    }

    @Test
    void after_a_clean_end_nothing_is_flushed() {
        open(TestStores.options(parent)).close();
        disk.events.clear();
        try (RocksDbEngine engine = open(TestStores.options(parent))) {
            await(engine.append(List.of(message("a"))));
            assertThat(disk.events).containsExactly("synced write");
        }
    }

    @Test
    void on_a_full_disk_what_is_left_can_be_read_and_nothing_is_acknowledged() {
        endUnclean();
        disk.full = true;
        try (RocksDbEngine engine = open(TestStores.options(parent))) {
            assertThat(ids(engine)).containsExactly("a");
            EngineException failure =
                    catchThrowableOfType(EngineException.class, () -> await(engine.append(List.of(message("a")))));
            assertThat(failure.reason()).isEqualTo(Reason.STORE_FULL);
            disk.full = false;
            assertThat(await(engine.append(List.of(message("a"))))).containsExactly(new Duplicate(top(engine), false));
            assertThat(disk.events).endsWith("flush");
        }
    }

    @Test
    void a_failure_at_the_start_does_not_promise_to_continue_by_itself() {
        endUnclean();
        disk.broken = true;
        EngineException atStart = catchThrowableOfType(
                EngineException.class, () -> open(TestStores.options(parent)).close());
        assertThat(atStart).hasMessageContaining("start again").hasMessageNotContaining("next attempt");
        disk.broken = false;
        try (RocksDbEngine engine = open(TestStores.options(parent))) {
            fail(engine, List.of(message("b")));
            disk.broken = true;
            EngineException later =
                    catchThrowableOfType(EngineException.class, () -> await(engine.append(List.of(message("b")))));
            assertThat(later).hasMessageContaining("next attempt");
        }
    }

    private RocksDbEngine open(RocksDbOptions options) {
        return RocksDbEngine.open(options, () -> 1000, System::nanoTime, disk);
    }

    /** As if the process had been killed between the write and its sync. */
    private void endUnclean() {
        RocksDbEngine engine = open(TestStores.options(parent));
        fail(engine, List.of(message("a")));
        engine.close();
        disk.events.clear();
    }

    private void fail(RocksDbEngine engine, List<Append> batch) {
        disk.failSync = true;
        assertThat(catchThrowableOfType(EngineException.class, () -> await(engine.append(batch))))
                .isNotNull();
        disk.failSync = false;
    }

    private static Append message(String id) {
        return new Append("s", id, new byte[] {'1'}, Map.of(), 1000, Publication.NEVER, 0, WIDE);
    }

    private static Position top(RocksDbEngine engine) {
        return engine.info("s").top();
    }

    private static List<String> ids(RocksDbEngine engine) {
        return engine.read("s", new Position("", 0), 100, 1000).publications().stream()
                .map(Publication::id)
                .toList();
    }

    private long tables() throws IOException {
        try (Stream<Path> files = Files.list(parent.resolve("store"))) {
            return files.filter(file -> file.toString().endsWith(".sst")).count();
        }
    }

    /** Notes what reaches the disk; a failed sync is a write that only got as far as the system's cache. */
    private static final class CountingDisk implements Disk {
        final List<String> events = new CopyOnWriteArrayList<>();
        volatile boolean failSync;
        volatile boolean full;
        volatile boolean broken;

        @Override
        public void write(RocksDB db, WriteOptions options, WriteBatch batch) throws RocksDBException {
            if (failSync) {
                try (WriteOptions unsynced = new WriteOptions()) {
                    REAL.write(db, unsynced, batch);
                }
                events.add("failed sync");
                throw new RocksDBException(new Status(Status.Code.IOError, Status.SubCode.None, "sync"));
            }
            REAL.write(db, options, batch);
            events.add(options.sync() ? "synced write" : "write");
        }

        @Override
        public void flush(RocksDB db, FlushOptions options, List<ColumnFamilyHandle> families) throws RocksDBException {
            if (broken) {
                throw new RocksDBException(new Status(Status.Code.IOError, Status.SubCode.None, "broken"));
            }
            if (full) {
                throw new RocksDBException(new Status(Status.Code.IOError, Status.SubCode.NoSpace, "No space left"));
            }
            REAL.flush(db, options, families);
            events.add("flush");
        }
    }
}
