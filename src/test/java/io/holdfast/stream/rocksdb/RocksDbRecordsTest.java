package io.holdfast.stream.rocksdb;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.RecordBatch;
import io.holdfast.stream.SmallRecords;
import io.holdfast.stream.SmallRecordsContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Small records in the embedded store. */
class RocksDbRecordsTest extends SmallRecordsContract {
    @TempDir
    Path parent;

    private @Nullable RocksDbEngine engine;

    @Override
    protected SmallRecords open() {
        return open(TestStores.options(parent), Disk.REAL);
    }

    private SmallRecords open(RocksDbOptions options, Disk disk) {
        close();
        engine = RocksDbEngine.open(options, () -> 1_000, System::nanoTime, disk);
        return engine.records();
    }

    private RocksDbEngine engine() {
        return requireNonNull(engine);
    }

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    @Test
    void records_are_no_streams() {
        SmallRecords records = open();
        records.write(new RecordBatch().put("a", "1"));
        assertThat(engine().streams("", 10)).isEmpty();
        assertThat(engine().channels()).isZero();
    }

    @Test
    void a_write_is_synced_and_in_the_log_even_where_messages_are_not() {
        List<String> writes = new ArrayList<>();
        Disk noting = (db, options, batch) -> {
            writes.add((options.sync() ? "synced" : "unsynced") + (options.disableWAL() ? ", no log" : ""));
            db.write(options, batch);
        };
        SmallRecords records = open(TestStores.options(parent, false, false, 1L << 30), noting);
        records.write(new RecordBatch().put("a", "1"));
        records.writeUnsynced(new RecordBatch().put("b", "1"));
        assertThat(writes).containsExactly("synced", "unsynced");
    }

    @Test
    void a_write_is_not_refused_because_the_store_is_full() {
        SmallRecords records = open(TestStores.options(parent, true, true, 1), Disk.REAL);
        records.write(new RecordBatch().put("a", "1"));
        assertThat(records.scan("a")).hasSize(1);
    }

    @Test
    void after_a_failed_write_the_next_one_tells_what_is_stored() {
        boolean[] fail = new boolean[2];
        Disk failing = (db, options, batch) -> {
            if (fail[0]) {
                throw new RocksDBException(new Status(Status.Code.IOError, Status.SubCode.None, "as the test asked"));
            }
            db.write(options, batch);
            if (fail[1]) {
                throw new RocksDBException(new Status(Status.Code.IOError, Status.SubCode.None, "as the test asked"));
            }
        };
        SmallRecords records = open(TestStores.options(parent), failing);
        fail[0] = true;
        assertThatThrownBy(() -> records.write(new RecordBatch().put("before", "1")))
                .isInstanceOf(EngineException.class);
        fail[0] = false;
        fail[1] = true;
        assertThatThrownBy(() -> records.write(new RecordBatch().put("after", "1")))
                .isInstanceOf(EngineException.class);
        fail[1] = false;
        records.write(new RecordBatch());
        assertThat(records.scan("")).containsExactly(Map.entry("after", "1"));
    }

    @Test
    void a_store_of_an_older_version_gets_them() throws Exception {
        open().write(new RecordBatch().put("a", "1"));
        close();
        dropTheFamily();
        SmallRecords records = open();
        assertThat(records.scan("")).isEmpty();
        records.write(new RecordBatch().put("b", "1"));
        assertThat(open().scan("")).hasSize(1);
    }

    /** As every version has left it that had no records. */
    private void dropTheFamily() throws Exception {
        Path store = parent.resolve("store");
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        for (Family family : Family.values()) {
            families.add(new ColumnFamilyDescriptor(family.storedName()));
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (DBOptions options = new DBOptions();
                RocksDB db = RocksDB.open(options, store.toString(), families, handles)) {
            db.dropColumnFamily(handles.get(Family.RECORDS.ordinal()));
            handles.forEach(ColumnFamilyHandle::close);
        }
        assertThat(Files.exists(store)).isTrue();
    }

    @Test
    void a_closed_engine_refuses_a_write() {
        SmallRecords records = open();
        close();
        assertThatThrownBy(() -> records.write(new RecordBatch().put("a", "1")))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("closed");
    }
}
