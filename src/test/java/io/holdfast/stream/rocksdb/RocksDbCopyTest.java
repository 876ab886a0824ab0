package io.holdfast.stream.rocksdb;

import static io.holdfast.stream.StreamEngineContract.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import io.holdfast.stream.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;

/** A copy or an earlier state of a store begins a new generation; a store that only stopped, however, does not. */
class RocksDbCopyTest {

    private static final Retention WIDE = new Retention(100_000, 1L << 30, Retention.Overflow.DROP_OLDEST);

    @TempDir
    Path parent;

    private Path data;
    private Path backup;

    @BeforeEach
    void name() {
        data = parent.resolve("data");
        backup = parent.resolve("backup");
    }

    @Test
    void a_restart_a_kill_and_a_move_keep_the_epochs() throws Exception {
        String epoch = publish(data, "a");
        assertThat(publish(data, "b")).isEqualTo(epoch);
        kill();
        kill();
        assertThat(publish(data, "c")).isEqualTo(epoch);
        Files.move(data, parent.resolve("moved"));
        assertThat(publish(parent.resolve("moved"), "d")).isEqualTo(epoch);
    }

    @Test
    void a_copied_directory_begins_a_new_generation_and_the_original_does_not() throws IOException {
        String epoch = publish(data, "a");
        copy(data, backup);
        String copied = publish(backup, "b");
        assertThat(copied).isNotEqualTo(epoch);
        assertThat(publish(backup, "c")).as("once").isEqualTo(copied);
        assertThat(publish(data, "b")).isEqualTo(epoch);
    }

    @Test
    void two_copies_of_one_backup_never_have_the_same_epoch() throws IOException {
        publish(data, "a");
        copy(data, backup);
        Path second = parent.resolve("second");
        copy(data, second);
        assertThat(publish(backup, "b")).isNotEqualTo(publish(second, "c"));
    }

    @Test
    void a_client_ahead_of_a_restored_store_is_told_and_gets_what_is_left() throws IOException {
        publish(data, "a", "b");
        copy(data, backup);
        publish(data, "c", "d", "e");
        Position seen = top(data);
        delete(data);
        Files.move(backup, data);
        publish(data, "f", "g", "h", "i");
        try (RocksDbEngine engine = open(data)) {
            Page page = engine.read("s", seen, 100, 1 << 20);
            assertThat(page.continuity()).isEqualTo(Page.Continuity.EPOCH_CHANGED);
            assertThat(page.publications()).extracting(Publication::id).containsExactly("a", "b", "f", "g", "h", "i");
            assertThat(await(engine.append(List.of(message("a")))))
                    .hasOnlyElementsOfType(AppendOutcome.Duplicate.class);
            assertThat(engine.life().generation()).isPositive();
            assertThat(engine.life().begunAtMillis()).isEqualTo(1000);
            assertThat(engine.life().reason()).contains("copy");
        }
    }

    @Test
    void an_earlier_state_written_over_the_same_files_is_recognised() throws IOException {
        String epoch = publish(data, "a");
        copy(data, backup);
        publish(data, "b");
        overwrite(backup, data);
        assertThat(publish(data, "c")).isNotEqualTo(epoch);
    }

    @Test
    void a_copy_of_the_same_run_written_over_the_same_files_is_recognised_by_the_mark() throws Exception {
        String epoch;
        try (RocksDbEngine engine = open(data)) {
            epoch = append(engine, "a");
            copy(data, backup);
            append(engine, "b");
        }
        overwrite(backup, data);
        assertThat(publish(data, "c")).isNotEqualTo(epoch);
    }

    @Test
    void a_snapshot_that_keeps_the_files_identity_is_recognised_by_the_mark() throws IOException {
        String epoch = rolledBack();
        assertThat(publish(data, "c")).isNotEqualTo(epoch);
    }

    @Test
    void without_the_mark_a_marker_file_begins_a_new_generation_once() throws IOException {
        String epoch = rolledBack();
        delete(parent.resolve("marks"));
        assertThat(publish(data, "c")).as("which nothing can tell").isEqualTo(epoch);
        Files.createFile(data.resolve("new-generation"));
        String marked = publish(data, "d");
        assertThat(marked).isNotEqualTo(epoch);
        assertThat(data.resolve("new-generation")).doesNotExist();
        assertThat(publish(data, "e")).isEqualTo(marked);
    }

    @Test
    void a_mark_that_is_unreadable_or_behind_says_nothing() throws IOException {
        String epoch = publish(data, "a");
        try (Stream<Path> marks = Files.list(parent.resolve("marks"))) {
            Path mark = marks.findAny().orElseThrow();
            Files.writeString(mark, "?");
            assertThat(publish(data, "b")).isEqualTo(epoch);
            Files.writeString(mark, "00000000000000000001\n");
            assertThat(publish(data, "c")).isEqualTo(epoch);
        }
    }

    @Test
    void a_start_killed_before_its_place_has_its_name_is_no_copy() throws Exception {
        String epoch = publish(data, "a");
        Path kept = parent.resolve("kept");
        Files.createLink(kept, data.resolve("place"));
        kill();
        Files.move(kept, data.resolve("place"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(publish(data, "b")).isEqualTo(epoch);
    }

    @Test
    void a_store_that_is_older_than_places_keeps_its_epochs() throws Exception {
        String epoch = publish(data, "a");
        NativeLibrary.load(options(data).nativeLibraryDirectory());
        forgetPlaces();
        Files.delete(data.resolve("place"));
        assertThat(publish(data, "b")).isEqualTo(epoch);
        copy(data, backup);
        assertThat(publish(backup, "c")).isNotEqualTo(epoch);
    }

    @Test
    void where_it_is_switched_off_only_the_marker_and_the_mark_count() throws IOException {
        String epoch = publish(data, "a");
        delete(data.resolve("place"));
        RocksDbOptions lenient = new RocksDbOptions(
                data,
                true,
                true,
                1L << 30,
                0,
                Duration.ofHours(1),
                Duration.ofDays(30),
                OutboxRetention.DEFAULT,
                false,
                null,
                options(data).nativeLibraryDirectory());
        try (RocksDbEngine engine = RocksDbEngine.open(lenient, () -> 1000, System::nanoTime)) {
            assertThat(append(engine, "b")).isEqualTo(epoch);
        }
    }

    @Test
    void a_devices_cursor_says_that_it_is_of_an_earlier_epoch_until_it_is_set_again() throws IOException {
        publish(data, "a", "b");
        try (RocksDbEngine engine = open(data)) {
            await(engine.apply(List.of(new Change.MoveCursor("s", "phone", 1, 5, true))));
            assertThat(engine.devices("s")).containsExactly(new DeviceCursor("phone", 1, 5));
        }
        copy(data, backup);
        try (RocksDbEngine engine = open(backup)) {
            assertThat(engine.devices("s")).containsExactly(new DeviceCursor("phone", 1, 5, true));
            await(engine.apply(List.of(new Change.MoveCursor("s", "phone", 1, 6, false))));
            assertThat(engine.devices("s")).containsExactly(new DeviceCursor("phone", 1, 6));
        }
        try (RocksDbEngine engine = open(backup)) {
            assertThat(engine.devices("s")).containsExactly(new DeviceCursor("phone", 1, 6));
        }
    }

    /** What {@code cp} makes of a store that runs: an id came along, its message did not. */
    @Test
    void in_a_copy_an_id_without_its_message_keeps_no_repetition_out() throws Exception {
        publish(data, "a", "b");
        copy(data, backup);
        removeMessage(backup, 2);
        try (RocksDbEngine engine = open(backup)) {
            assertThat(await(engine.append(List.of(message("a"), message("b")))))
                    .hasExactlyElementsOfTypes(AppendOutcome.Duplicate.class, AppendOutcome.Stored.class);
        }
    }

    @Test
    void in_a_copy_what_a_channel_has_dropped_is_not_stored_again() throws IOException {
        Retention one = new Retention(1, 1000, Retention.Overflow.DROP_OLDEST);
        publish(data, "a");
        try (RocksDbEngine engine = open(data)) {
            await(engine.append(
                    List.of(new Append("s", "b", new byte[] {'1'}, Map.of(), 1000, Publication.NEVER, 0, one))));
        }
        copy(data, backup);
        try (RocksDbEngine engine = open(backup)) {
            assertThat(engine.life().generation()).isPositive();
            assertThat(await(engine.append(List.of(message("a")))))
                    .hasOnlyElementsOfType(AppendOutcome.Duplicate.class);
        }
    }

    private void removeMessage(Path store, long offset) throws Exception {
        List<ColumnFamilyHandle> families = new ArrayList<>();
        NativeLibrary.load(options(data).nativeLibraryDirectory());
        try (Tuning tuning = new Tuning(0);
                RocksDB db =
                        RocksDB.open(tuning.database(false, true), store.toString(), tuning.families(), families)) {
            db.delete(families.get(Family.MESSAGES.ordinal()), Layout.key(1, offset));
            families.forEach(ColumnFamilyHandle::close);
        }
    }

    @Test
    void in_a_copy_a_version_without_its_publication_keeps_no_repetition_out() throws Exception {
        try (RocksDbEngine engine = open(data)) {
            await(engine.append(List.of(versioned("a", 1), versioned("b", 2))));
        }
        copy(data, backup);
        try (RocksDbEngine engine = open(backup)) {
            assertThat(await(engine.append(List.of(versioned("c", 2)))))
                    .hasOnlyElementsOfType(AppendOutcome.Outdated.class);
        }
        removeMessage(backup, 2);
        try (RocksDbEngine engine = open(backup)) {
            assertThat(await(engine.append(List.of(versioned("d", 2), versioned("e", 2)))))
                    .hasExactlyElementsOfTypes(AppendOutcome.Stored.class, AppendOutcome.Outdated.class);
        }
        try (RocksDbEngine engine = open(backup)) {
            await(engine.apply(List.of(new Change.Discard("s", 9, 9))));
            assertThat(await(engine.append(List.of(versioned("f", 2)))))
                    .hasOnlyElementsOfType(AppendOutcome.Outdated.class);
        }
    }

    private static Append versioned(String id, long version) {
        Append plain = message(id);
        return new Append(
                plain.stream(),
                id,
                plain.payload(),
                plain.tags(),
                plain.publishedAtMillis(),
                plain.expiresAtMillis(),
                plain.deduplicateFromMillis(),
                plain.retention(),
                null,
                new Version(version, ""));
    }

    /** The files as they were, but the place is the same file: as a snapshot of the file system leaves it. */
    private String rolledBack() throws IOException {
        String epoch;
        Path kept = parent.resolve("kept");
        try (RocksDbEngine engine = open(data)) {
            epoch = append(engine, "a");
            copy(data, backup);
            Files.createLink(kept, data.resolve("place"));
            append(engine, "b");
        }
        delete(data);
        copy(backup, data);
        Files.move(kept, data.resolve("place"), StandardCopyOption.REPLACE_EXISTING);
        return epoch;
    }

    private void kill() throws Exception {
        assertThat(Jvm.run(OpenStoreMain.class, data.toString(), "sync", "die")).isEqualTo("opened");
    }

    private void forgetPlaces() throws IOException {
        try (RocksDbEngine engine =
                RocksDbEngine.open(options(data), () -> 1000, System::nanoTime, (db, write, batch) -> {
                    db.delete(StoreState.PLACES);
                    Disk.REAL.write(db, write, batch);
                })) {
            append(engine, "z");
        }
    }

    private RocksDbOptions options(Path directory) {
        RocksDbOptions usual = TestStores.options(parent);
        return new RocksDbOptions(
                directory,
                true,
                true,
                usual.maxStoredBytes(),
                0,
                usual.stateRetention(),
                usual.emptyStreamRetention(),
                usual.outboxes(),
                true,
                parent.resolve("marks"),
                usual.nativeLibraryDirectory());
    }

    private RocksDbEngine open(Path directory) {
        return RocksDbEngine.open(options(directory), () -> 1000, System::nanoTime);
    }

    /** @return the epoch */
    private String publish(Path directory, String... ids) {
        try (RocksDbEngine engine = open(directory)) {
            return append(engine, ids);
        }
    }

    private Position top(Path directory) {
        try (RocksDbEngine engine = open(directory)) {
            return engine.info("s").top();
        }
    }

    private static String append(RocksDbEngine engine, String... ids) {
        List<Append> batch = new ArrayList<>();
        for (String id : ids) {
            batch.add(message(id));
        }
        await(engine.append(batch));
        return engine.info("s").top().epoch();
    }

    private static Append message(String id) {
        return new Append("s", id, new byte[] {'1'}, Map.of(), 1000, Publication.NEVER, 0, WIDE);
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    /** As {@code rsync --inplace --delete} does: files that are there stay the same files; equal ones are not touched. */
    private static void overwrite(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(to)) {
            for (Path file : files.toList()) {
                if (!Files.exists(from.resolve(file.getFileName()))) {
                    Files.delete(file);
                }
            }
        }
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(file.getFileName());
                if (!Files.exists(target) || Files.mismatch(file, target) >= 0) {
                    Files.write(target, Files.readAllBytes(file));
                    Files.setLastModifiedTime(target, Files.getLastModifiedTime(file));
                }
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
