package io.holdfast.stream.rocksdb;

import static io.holdfast.stream.StreamEngineContract.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome.Stored;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import io.holdfast.stream.SmallDisk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is really full: publishing is refused and goes on after space was freed, in the same process, with nothing
 * lost and nothing twice. On a small file system of its own where mounting is allowed, else under a limit of file size
 * (prlimit), else with errors that are made up.
 */
class DiskFullIT {

    private static final Retention WIDE = new Retention(1_000_000, 1L << 40, Retention.Overflow.DROP_OLDEST);

    @TempDir
    Path parent;

    @Test
    void publishing_is_refused_while_the_disk_is_full_and_continues_without_a_restart() throws Exception {
        Path small = Files.createDirectories(parent.resolve("small"));
        Optional<SmallDisk> mounted = SmallDisk.mount(small, "size=24m");
        if (mounted.isPresent()) {
            System.out.println("DiskFullIT: on a small tmpfs");
            try (SmallDisk disk = mounted.get()) {
                story(TestStores.options(small), Disk.REAL, disk::fill, disk::free);
            }
        } else if (SmallDisk.succeeds("prlimit", "--fsize=1000000:unlimited", "true")) {
            System.out.println("DiskFullIT: under a limit of file size");
            limited(parent);
        } else {
            System.out.println("DiskFullIT: with errors that are made up");
            boolean[] isFull = {false};
            Disk disk = (db, options, batch) -> {
                if (isFull[0]) {
                    throw new org.rocksdb.RocksDBException("No space left on device");
                }
                Disk.REAL.write(db, options, batch);
            };
            story(TestStores.options(parent), disk, () -> isFull[0] = true, () -> isFull[0] = false);
        }
    }

    /** The same under a soft limit of 1000 bytes for each file, which the process itself sets and lifts. */
    @Test
    void publishing_is_refused_while_files_cannot_grow_and_continues_without_a_restart() throws Exception {
        if (SmallDisk.succeeds("prlimit", "--fsize=1000000:unlimited", "true")) {
            limited(parent);
        } else {
            publishing_is_refused_while_the_disk_is_full_and_continues_without_a_restart();
        }
    }

    private static void limited(Path parent) throws IOException, InterruptedException {
        Process process = Jvm.start(DiskFullIT.class, parent.toString());
        try (InputStream in = process.getInputStream()) {
            assertThat(new String(in.readAllBytes())).contains("the story is true");
        }
        assertThat(process.waitFor()).isZero();
    }

    public static void main(String[] arguments) throws Exception {
        RocksDbOptions options = TestStores.options(Path.of(arguments[0]));
        NativeLibrary.load(options.nativeLibraryDirectory());
        story(options, Disk.REAL, () -> limit("1000"), () -> limit("unlimited"));
        System.out.println("the story is true");
    }

    private static void limit(String bytes) throws InterruptedException {
        String pid = String.valueOf(ProcessHandle.current().pid());
        assertThat(SmallDisk.succeeds("prlimit", "--pid", pid, "--fsize=" + bytes + ":unlimited"))
                .isTrue();
    }

    private interface Event {
        void happen() throws Exception;
    }

    private static void story(RocksDbOptions options, Disk disk, Event full, Event free) throws Exception {
        try (RocksDbEngine engine = RocksDbEngine.open(options, System::currentTimeMillis, System::nanoTime, disk)) {
            List<String> acknowledged = new ArrayList<>();
            for (int n = 0; n < 100; n++) {
                publish(engine, batch(n), acknowledged);
            }
            full.happen();
            List<Append> refused = publishUntilRefused(engine, acknowledged);
            assertThat(engine.info("s").top().offset()).isEqualTo(acknowledged.size());
            free.happen();
            publish(engine, refused, acknowledged);
            for (int n = 0; n < 20; n++) {
                publish(engine, batch(1_000_000 + n), acknowledged);
            }
            assertThat(everything(engine)).isEqualTo(acknowledged);
        }
        try (RocksDbEngine engine = RocksDbEngine.open(options, System::currentTimeMillis, System::nanoTime)) {
            assertThat(everything(engine)).hasSizeGreaterThanOrEqualTo(480).doesNotHaveDuplicates();
        }
    }

    private static void publish(RocksDbEngine engine, List<Append> batch, List<String> acknowledged) {
        assertThat(await(engine.append(batch))).allMatch(Stored.class::isInstance);
        batch.forEach(append -> acknowledged.add(append.id()));
    }

    /** Reopening frees a little (what RocksDB had reserved), so one refusal is not the end: four for the same batch are. */
    private static List<Append> publishUntilRefused(RocksDbEngine engine, List<String> acknowledged) {
        for (int n = 1000; n < 10_000; n++) {
            List<Append> batch = batch(n);
            int refusals = 0;
            while (refusals < 4 && refused(engine, batch, acknowledged)) {
                refusals++;
            }
            if (refusals == 4) {
                return batch;
            }
        }
        return fail("the disk never was full");
    }

    private static boolean refused(RocksDbEngine engine, List<Append> batch, List<String> acknowledged) {
        try {
            publish(engine, batch, acknowledged);
            return false;
        } catch (EngineException failure) {
            assertThat(failure.reason()).isIn(Reason.STORE_FULL, Reason.IO);
            return true;
        }
    }

    private static List<Append> batch(int n) {
        List<Append> batch = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            batch.add(new Append("s", n + "-" + i, new byte[10_000], Map.of(), 1000, Publication.NEVER, 0, WIDE));
        }
        return batch;
    }

    private static List<String> everything(RocksDbEngine engine) {
        List<String> ids = new ArrayList<>();
        Position at = new Position("", 0);
        Page page;
        do {
            page = engine.read("s", at, 1000, 10 << 20);
            assertThat(page.continuity()).isEqualTo(Page.Continuity.CONTINUOUS);
            for (Publication publication : page.publications()) {
                assertThat(publication.offset()).isEqualTo(at.offset() + 1);
                at = new Position("", publication.offset());
                ids.add(publication.id());
            }
        } while (page.more());
        return ids;
    }
}
