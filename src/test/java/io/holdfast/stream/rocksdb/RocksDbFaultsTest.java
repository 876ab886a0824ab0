package io.holdfast.stream.rocksdb;

import static io.holdfast.stream.StreamEngineContract.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.stream.Append;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** What is wrong with a data directory is said, and nothing in it is changed. */
class RocksDbFaultsTest {

    private static final Retention WIDE = new Retention(100_000, 1L << 30, Retention.Overflow.DROP_OLDEST);

    @TempDir
    Path parent;

    private RocksDbOptions options;

    @BeforeEach
    void chooseOptions() {
        options = TestStores.options(parent);
    }

    @Test
    void a_file_in_the_place_of_the_directory_is_unreadable() throws IOException {
        Files.writeString(options.directory(), "precious");
        assertThat(failure(options).reason()).isEqualTo(Reason.UNREADABLE);
        assertThat(options.directory()).hasContent("precious");
    }

    @Test
    void a_file_above_the_directory_is_unreadable() throws IOException {
        Path file = Files.writeString(parent.resolve("file"), "precious");
        EngineException failure = failure(TestStores.options(file));
        assertThat(failure.reason()).isEqualTo(Reason.UNREADABLE);
        assertThat(failure).hasMessageContaining(file.toString()).hasMessageContaining("configure another one");
    }

    @Test
    void a_directory_with_something_else_in_it_is_left_alone() throws IOException {
        Files.createDirectories(options.directory());
        Path other = Files.writeString(options.directory().resolve("thesis.txt"), "precious");
        assertThat(failure(options).reason()).isEqualTo(Reason.UNREADABLE);
        assertThat(options.directory()).isDirectoryContaining(path -> path.equals(other));
        assertThat(Files.list(options.directory()).count()).isEqualTo(1);
    }

    @Test
    void a_second_engine_of_this_process_is_locked_out() {
        try (RocksDbEngine first = RocksDbEngine.open(options, () -> 1, System::nanoTime)) {
            assertThat(failure(options).reason()).isEqualTo(Reason.LOCKED);
            store(first, 1);
        }
    }

    @Test
    void an_engine_of_another_process_is_locked_out_until_the_first_ends() throws Exception {
        RocksDbEngine first = RocksDbEngine.open(options, () -> 1, System::nanoTime);
        try {
            assertThat(Jvm.run(OpenStoreMain.class, options.directory().toString()))
                    .isEqualTo("LOCKED");
        } finally {
            first.close();
        }
        assertThat(Jvm.run(OpenStoreMain.class, options.directory().toString())).isEqualTo("opened");
    }

    @Test
    void damage_anywhere_is_reported_and_nothing_is_overwritten() throws IOException {
        fill();
        for (String kind : List.of("CURRENT", "MANIFEST", ".sst", ".log")) {
            Path damaged = damage(kind);
            Map<String, Long> before = sizesOf(options.directory());
            EngineException failure = failure(options);
            assertThat(failure.reason()).as(kind).isEqualTo(Reason.CORRUPT);
            assertThat(failure)
                    .hasMessageContaining(options.directory().toString())
                    .hasMessageContaining("backup");
            assertThat(sizesOf(options.directory())).as(kind).containsAllEntriesOf(before);
            repair(damaged);
        }
        assertThat(ids()).hasSize(2000);
    }

    @Test
    void a_missing_file_is_reported_and_nothing_is_overwritten() throws IOException {
        fill();
        for (String kind : List.of("CURRENT", "MANIFEST", ".sst")) {
            Path file = largest(kind);
            Path hidden = parent.resolve("hidden");
            Files.move(file, hidden);
            Map<String, Long> before = sizesOf(options.directory());
            assertThat(failure(options).reason()).as(kind).isEqualTo(Reason.CORRUPT);
            assertThat(sizesOf(options.directory())).as(kind).containsAllEntriesOf(before);
            Files.move(hidden, file);
        }
        assertThat(ids()).hasSize(2000);
    }

    @Test
    void a_flipped_bit_in_the_middle_of_a_table_is_never_read_as_a_message() throws IOException {
        fill();
        Path table = largest(".sst");
        byte[] good = Files.readAllBytes(table);
        byte[] bad = good.clone();
        bad[good.length / 3] ^= 1;
        Files.write(table, bad);
        try (RocksDbEngine engine = RocksDbEngine.open(options, () -> 1, System::nanoTime)) {
            EngineException failure = catchThrowableOfType(
                    EngineException.class, () -> engine.read("s", new Position("", 0), 10_000, 1 << 30));
            assertThat(failure.reason()).isEqualTo(Reason.CORRUPT);
        } catch (EngineException atOpen) {
            assertThat(atOpen.reason()).isEqualTo(Reason.CORRUPT);
        }
        Files.write(table, good);
        assertThat(ids()).hasSize(2000);
    }

    @Test
    void a_store_of_another_format_is_refused_as_of_another_version_and_left_alone() throws Exception {
        storedEpoch(options);
        setFormat((byte) (StoreState.FORMAT + 1));
        EngineException failure = failure(options);
        assertThat(failure.reason()).isEqualTo(Reason.UNREADABLE);
        assertThat(failure).hasMessageContaining("another version").hasMessageContaining("format is 2");
        setFormat(StoreState.FORMAT);
        assertThat(ids()).containsExactly("m0");
    }

    @Test
    void a_store_with_families_of_another_version_is_refused_and_left_alone() throws Exception {
        storedEpoch(options);
        raw(db -> db.createColumnFamily(new ColumnFamilyDescriptor("later".getBytes(StandardCharsets.UTF_8)))
                .close());
        EngineException failure = failure(options);
        assertThat(failure.reason()).isEqualTo(Reason.UNREADABLE);
        assertThat(failure).hasMessageContaining("another version").hasMessageContaining("later");
    }

    private void setFormat(byte format) throws Exception {
        raw(db -> {
            byte[] state = db.get(StoreState.STATE);
            state[0] = format;
            db.put(StoreState.STATE, state);
        });
    }

    private interface RawAccess {
        void to(RocksDB db) throws RocksDBException;
    }

    private void raw(RawAccess access) throws RocksDBException {
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (Tuning tuning = new Tuning(0);
                RocksDB db = RocksDB.open(
                        tuning.database(false, true), options.directory().toString(), tuning.families(), handles)) {
            access.to(db);
            handles.forEach(ColumnFamilyHandle::close);
        }
    }

    @Test
    void an_unclean_end_without_sync_begins_new_epochs_and_a_clean_one_does_not() throws Exception {
        RocksDbOptions lax = TestStores.options(parent, false, true, 1 << 30);
        String epoch = storedEpoch(lax);
        assertThat(storedEpoch(lax)).isEqualTo(epoch);
        assertThat(Jvm.run(OpenStoreMain.class, lax.directory().toString(), "nosync", "die"))
                .isEqualTo("opened");
        String after = storedEpoch(lax);
        assertThat(after).isNotEqualTo(epoch);
        assertThat(storedEpoch(lax)).isEqualTo(after);
    }

    @Test
    void an_unclean_end_with_sync_keeps_the_epochs() throws Exception {
        String epoch = storedEpoch(options);
        assertThat(Jvm.run(OpenStoreMain.class, options.directory().toString(), "sync", "die"))
                .isEqualTo("opened");
        assertThat(storedEpoch(options)).isEqualTo(epoch);
    }

    @Test
    void the_native_library_leaves_nothing_behind_and_removes_what_a_killed_process_left() throws Exception {
        Path natives = Files.createDirectories(parent.resolve("natives"));
        Path dead = Files.createDirectories(natives.resolve("holdfast-rocksdb-999999999-1"));
        Files.writeString(dead.resolve("librocksdb.so"), "old");
        Path foreign = Files.createDirectories(natives.resolve("other"));
        assertThat(Jvm.run(OpenStoreMain.class, options.directory().toString(), "sync", "die", natives.toString()))
                .isEqualTo("opened");
        try (Stream<Path> left = Files.list(natives)) {
            assertThat(left).containsExactly(foreign);
        }
    }

    @Test
    void a_redeployed_application_in_another_class_loader_loads_the_library_again() throws Exception {
        assertThat(Jvm.run(RedeployMain.class, parent.toString())).isEqualTo("opened twice");
    }

    private static EngineException failure(RocksDbOptions options) {
        return catchThrowableOfType(
                EngineException.class,
                () -> RocksDbEngine.open(options, () -> 1, System::nanoTime).close());
    }

    private String storedEpoch(RocksDbOptions of) {
        try (RocksDbEngine engine = RocksDbEngine.open(of, () -> 1, System::nanoTime)) {
            store(engine, 1);
            return engine.info("s").top().epoch();
        }
    }

    /** Tables from a first part (flushed by the close), a log from a second: the picture of a store that was not closed. */
    private void fill() throws IOException {
        RocksDbOptions living = TestStores.options(parent.resolve("living"));
        try (RocksDbEngine engine = RocksDbEngine.open(living, () -> 1, System::nanoTime)) {
            store(engine, 1000);
        }
        Files.createDirectories(options.directory());
        try (RocksDbEngine engine = RocksDbEngine.open(living, () -> 1, System::nanoTime)) {
            store(engine, 2000);
            for (Path file : sizesOf(living.directory()).keySet().stream()
                    .map(living.directory()::resolve)
                    .toList()) {
                Files.copy(file, options.directory().resolve(file.getFileName()));
            }
        }
    }

    /** Stores message 0 to n-1, those that are there already being duplicates. */
    private static void store(RocksDbEngine engine, int n) {
        for (int i = 0; i < n; i += 100) {
            List<Append> batch = new ArrayList<>();
            for (int k = i; k < Math.min(n, i + 100); k++) {
                batch.add(new Append("s", "m" + k, new byte[200], Map.of(), 1, Publication.NEVER, 0, WIDE));
            }
            await(engine.append(batch));
        }
    }

    private List<String> ids() {
        try (RocksDbEngine engine = RocksDbEngine.open(options, () -> 1, System::nanoTime)) {
            return engine.read("s", new Position("", 0), 10_000, 1 << 30).publications().stream()
                    .map(Publication::id)
                    .toList();
        }
    }

    private Path largest(String kind) throws IOException {
        try (Stream<Path> files = Files.list(options.directory())) {
            return files.filter(path -> path.getFileName().toString().contains(kind))
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
    }

    /** Flips bytes in the first third and at the end (a table's footer), not in the last record of a log. */
    private Path damage(String kind) throws IOException {
        Path file = largest(kind);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(parent.resolve("good"), bytes);
        for (int at :
                kind.equals(".log") ? new int[] {bytes.length / 3} : new int[] {bytes.length / 3, bytes.length - 3}) {
            bytes[at] ^= 0x55;
        }
        Files.write(file, bytes);
        return file;
    }

    private void repair(Path file) throws IOException {
        Files.move(parent.resolve("good"), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    /** Without RocksDB's own log files. */
    private static Map<String, Long> sizesOf(Path directory) throws IOException {
        Map<String, Long> sizes = new HashMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(path -> !path.getFileName().toString().startsWith("LOG"))
                    .forEach(path -> sizes.put(
                            path.getFileName().toString(), path.toFile().length()));
        }
        return sizes;
    }
}
