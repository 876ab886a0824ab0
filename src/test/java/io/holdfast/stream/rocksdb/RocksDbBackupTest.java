package io.holdfast.stream.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.BackupRefusedException;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.RecordBatch;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngineContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a store that runs: those of the engine are whole, those of {@code cp} are refused or harmless. */
class RocksDbBackupTest {

    private static final Retention WIDE = new Retention(1_000_000, 1L << 30, Retention.Overflow.DROP_OLDEST);
    private static final int COPIES = 6;

    @TempDir
    Path parent;

    @Test
    void a_backup_has_all_that_was_acknowledged_before_it_and_begins_a_new_generation() throws Exception {
        List<Integer> before = new ArrayList<>();
        String epoch;
        try (RocksDbEngine engine = open("store");
                Load load = new Load(engine)) {
            for (int i = 0; i < 3; i++) {
                load.await(200 * (i + 1));
                before.add(load.acknowledged.get());
                assertThat(engine.backup(backup(i))).isPositive();
            }
            epoch = engine.info("s").top().epoch();
        }
        for (int i = 0; i < 3; i++) {
            try (RocksDbEngine restored = open("backups/b" + i)) {
                assertThat(ids(restored)).as("backup %s", i).contains(firstIds(before.get(i)));
                assertThat(restored.info("s").top().epoch()).isNotEqualTo(epoch);
                assertThat(restored.life().reason()).contains("backup");
                StreamEngineContract.await(restored.append(List.of(message(1_000_000))));
            }
        }
        try (RocksDbEngine engine = open("store")) {
            assertThat(engine.info("s").top().epoch()).isEqualTo(epoch);
        }
    }

    @Test
    void a_backup_takes_along_the_small_records_and_not_the_place() {
        try (RocksDbEngine engine = open("store")) {
            engine.records().write(new RecordBatch().put("revoked/cu1", "1 2"));
            engine.backup(backup(0));
            engine.records().write(new RecordBatch().put("revoked/cu2", "1 2"));
        }
        assertThat(backup(0).resolve("place")).doesNotExist();
        try (RocksDbEngine restored = open("backups/b0")) {
            assertThat(restored.records().scan("")).containsOnlyKeys("revoked/cu1");
        }
    }

    @Test
    void a_backup_refuses_an_existing_name_and_replaces_an_unfinished_backup() throws IOException {
        try (RocksDbEngine engine = open("store")) {
            Files.createDirectories(backup(0));
            assertThatThrownBy(() -> engine.backup(backup(0))).isInstanceOf(BackupRefusedException.class);
            assertThat(backup(0)).isEmptyDirectory();
            Files.createDirectories(parent.resolve("backups/b1.unfinished"));
            Files.writeString(parent.resolve("backups/b1.unfinished/CURRENT"), "?");
            engine.backup(backup(1));
            assertThat(parent.resolve("backups/b1.unfinished")).doesNotExist();
            assertThat(backup(1).resolve("CURRENT")).exists();
        }
    }

    @Test
    void a_backup_that_cannot_be_written_leaves_nothing_and_the_store_continues() throws IOException {
        Files.writeString(parent.resolve("backups"), "a file");
        try (RocksDbEngine engine = open("store")) {
            assertThatThrownBy(() -> engine.backup(backup(0))).isInstanceOf(EngineException.class);
            StreamEngineContract.await(engine.append(List.of(message(1))));
            assertThat(ids(engine)).containsExactly("m1");
        }
        assertThat(parent.resolve("backups")).hasContent("a file");
    }

    /** Whatever moment {@code cp} finds for each file: no copy is taken for the original, and none answers nonsense. */
    @Test
    void a_copy_made_by_cp_under_load_is_refused_or_harmless() throws Exception {
        long seed = System.nanoTime();
        System.out.println("RocksDbBackupTest: seed " + seed);
        Random random = new Random(seed);
        String epoch;
        int published;
        try (RocksDbEngine engine = open("store");
                Load load = new Load(engine)) {
            epoch = engine.info("s").top().epoch();
            for (int i = 0; i < COPIES; i++) {
                load.await(150 * (i + 1));
                int n = i;
                copySlowly(parent.resolve("store"), parent.resolve("copy" + i), random, () -> {
                    engine.backup(backup(n)); // flushes, so that logs go and tables come
                    load.await(load.acknowledged.get() + 20);
                });
            }
            published = load.acknowledged.get();
        }
        int opened = 0;
        for (int i = 0; i < COPIES; i++) {
            try (RocksDbEngine copy = open("copy" + i)) {
                opened++;
                assertThat(copy.info("s").top().epoch()).isNotEqualTo(epoch);
                Set<Long> offsets = new HashSet<>();
                all(copy)
                        .forEach(publication ->
                                assertThat(offsets.add(publication.offset())).isTrue());
                long top = copy.info("s").top().offset();
                for (int n = 0; n < published; n++) {
                    AppendOutcome outcome = StreamEngineContract.await(copy.append(List.of(message(n))))
                            .get(0);
                    if (outcome instanceof AppendOutcome.Duplicate duplicate) {
                        assertThat(offsets)
                                .as("where m%s is said to be", n)
                                .contains(duplicate.position().offset());
                    } else {
                        assertThat(((AppendOutcome.Stored) outcome).position().offset())
                                .isGreaterThan(top);
                    }
                }
            } catch (EngineException refused) {
                assertThat(refused.reason()).isEqualTo(EngineException.Reason.CORRUPT);
            }
        }
        System.out.println("RocksDbBackupTest: " + opened + " of " + COPIES + " copies were opened");
    }

    private Path backup(int n) {
        return parent.resolve("backups/b" + n);
    }

    private RocksDbEngine open(String name) {
        RocksDbOptions usual = TestStores.options(parent);
        return RocksDbEngine.open(
                new RocksDbOptions(
                        parent.resolve(name),
                        true,
                        true,
                        usual.maxStoredBytes(),
                        0,
                        usual.stateRetention(),
                        usual.emptyStreamRetention(),
                        usual.outboxes(),
                        true,
                        parent.resolve("marks"),
                        usual.nativeLibraryDirectory()),
                () -> 1000,
                System::nanoTime);
    }

    private static Append message(int n) {
        return new Append("s", "m" + n, new byte[20_000], Map.of(), 1000, Publication.NEVER, 0, WIDE);
    }

    private static String[] firstIds(int n) {
        String[] ids = new String[n];
        for (int i = 0; i < n; i++) {
            ids[i] = "m" + i;
        }
        return ids;
    }

    private static List<String> ids(RocksDbEngine engine) {
        return all(engine).stream().map(Publication::id).toList();
    }

    private static List<Publication> all(RocksDbEngine engine) {
        return engine.read("s", new Position("", 0), 1_000_000, 1 << 30).publications();
    }

    /** File by file, in any order, while they change, and something happens in between. */
    private static void copySlowly(Path from, Path to, Random random, Event between) throws Exception {
        Files.createDirectories(to);
        List<Path> all;
        try (Stream<Path> files = Files.list(from)) {
            all = new ArrayList<>(files.toList());
        }
        Collections.shuffle(all, random);
        int half = random.nextInt(all.size());
        for (Path file : all) {
            if (half-- == 0) {
                between.happen();
            }
            try {
                Files.copy(file, to.resolve(file.getFileName()));
            } catch (NoSuchFileException gone) {
                // as for cp
            }
        }
    }

    private interface Event {
        void happen() throws Exception;
    }

    /** Publishes m0, m1 and so on, one after the other, and flushes now and then, until it is closed. */
    private static final class Load implements AutoCloseable {
        final AtomicInteger acknowledged = new AtomicInteger();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final Thread thread;

        Load(RocksDbEngine engine) {
            thread = new Thread(() -> {
                for (int n = 0; !stopped.get(); n++) {
                    StreamEngineContract.await(engine.append(List.of(message(n))));
                    acknowledged.incrementAndGet();
                }
            });
            thread.start();
        }

        void await(int messages) throws InterruptedException {
            while (acknowledged.get() < messages && thread.isAlive()) {
                Thread.onSpinWait();
                Thread.yield();
            }
            assertThat(thread.isAlive()).isTrue();
        }

        @Override
        public void close() {
            stopped.set(true);
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
