package io.holdfast.stream.rocksdb;

import static io.holdfast.stream.StreamEngineContract.await;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store refuses before it is full, and takes again once clients have fetched. */
class RocksDbBoundTest {

    private static final Retention WIDE = new Retention(100_000, 1L << 30, Retention.Overflow.DROP_OLDEST);
    private static final long BOUND = 8 << 20;

    @TempDir
    Path parent;

    @Test
    void a_full_store_refuses_and_takes_again_once_there_is_room() {
        try (RocksDbEngine engine =
                RocksDbEngine.open(TestStores.options(parent, true, true, BOUND), () -> 1, System::nanoTime)) {
            int stored = 0;
            while (store(engine, message("m" + stored)) == null) {
                stored++;
            }
            EngineException failure = requireNonNull(store(engine, message("one more")));
            assertThat(failure.reason()).isEqualTo(Reason.STORE_FULL);
            assertThat(failure.reason().temporary()).isTrue();
            assertThat(engine.space().storedBytes()).isBetween(BOUND / 2, BOUND);
            assertThat(engine.space().limitBytes()).isEqualTo(BOUND);
            assertThat(engine.space().freeBytes().orElseThrow()).isPositive();
            assertThat(engine.info("s").messages()).isEqualTo(stored);

            await(engine.apply(List.of(new Change.Discard("s", stored - 1, 1))));

            Append next = message("next");
            long deadline = System.nanoTime() + 20_000_000_000L;
            while (store(engine, next) != null) {
                assertThat(System.nanoTime()).as("space is given back").isLessThan(deadline);
            }
            assertThat(engine.info("s").messages()).isEqualTo(2);
        }
    }

    @Test
    void a_disk_with_too_little_free_space_refuses() {
        RocksDbOptions demanding = new RocksDbOptions(
                parent.resolve("store"),
                true,
                true,
                BOUND,
                Long.MAX_VALUE,
                Duration.ofHours(1),
                Duration.ofDays(30),
                OutboxRetention.DEFAULT,
                TestStores.options(parent).nativeLibraryDirectory());
        try (RocksDbEngine engine = RocksDbEngine.open(demanding, () -> 1, System::nanoTime)) {
            EngineException failure =
                    catchThrowableOfType(EngineException.class, () -> await(engine.append(List.of(message("a")))));
            assertThat(failure.reason()).isEqualTo(Reason.STORE_FULL);
            assertThat(failure).hasMessageContaining("free on the disk");
            assertThat(failure.mayBeStored()).isFalse();
            await(engine.apply(List.of(new Change.MoveCursor("s", "d", 0, 1, false))));
            assertThat(engine.devices("s")).hasSize(1);
        }
    }

    /** Else a disk that is full up to the bound could not be flushed, and neither written to nor opened any more. */
    @Test
    void all_memory_tables_fit_into_the_space_that_is_kept_free() {
        for (long free = 16L << 20; free <= 1L << 40; free *= 2) {
            long largest = Tuning.tableBytes(free);
            long all = 0;
            for (Family family : Family.values()) {
                all += Tuning.tableBytes(family, largest);
            }
            assertThat(all).as("with %s bytes free", free).isLessThan(free);
        }
    }

    /** What it failed with; null if it is stored. */
    private static @Nullable EngineException store(RocksDbEngine engine, Append append) {
        try {
            assertThat(await(engine.append(List.of(append))).get(0)).isInstanceOf(AppendOutcome.Stored.class);
            return null;
        } catch (EngineException failure) {
            return failure;
        }
    }

    private static Append message(String id) {
        return new Append("s", id, new byte[50_000], Map.of(), 1, Publication.NEVER, 0, WIDE);
    }
}
