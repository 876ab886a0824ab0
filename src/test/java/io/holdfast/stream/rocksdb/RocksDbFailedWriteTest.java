package io.holdfast.stream.rocksdb;

import static io.holdfast.stream.StreamEngineContract.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.AppendOutcome.Duplicate;
import io.holdfast.stream.AppendOutcome.Stored;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Removed;
import io.holdfast.stream.Retention;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** After a write that failed or hung, the engine goes on without a restart, and nothing is stored twice. */
class RocksDbFailedWriteTest {

    private static final Retention TWO = new Retention(2, 1000, Retention.Overflow.DROP_OLDEST);

    @TempDir
    Path parent;

    private final FaultyDisk disk = new FaultyDisk();
    private RocksDbEngine engine;

    @BeforeEach
    void open() {
        engine = RocksDbEngine.open(TestStores.options(parent), () -> 1000, System::nanoTime, disk);
    }

    @AfterEach
    void close() {
        disk.gate.countDown();
        engine.close();
    }

    @Test
    void a_batch_whose_write_failed_is_stored_once_by_its_repetition() {
        await(engine.append(List.of(message("a"))));
        List<Append> batch = List.of(message("b"), message("c"));
        disk.failBefore = true;
        assertThat(failure(batch).reason()).isEqualTo(Reason.STORE_FULL);
        assertThat(failure(batch).reason().temporary()).isTrue();
        assertThat(engine.info("#s").top().offset()).isEqualTo(1);
        disk.failBefore = false;

        List<AppendOutcome> outcomes = await(engine.append(batch));

        assertThat(outcomes)
                .containsExactly(
                        new Stored(position(2), List.of()),
                        new Stored(position(3), List.of(new Removed("#s", 1, "a", FinalState.DROPPED))));
        assertThat(ids()).containsExactly("b", "c");
        assertThat(engine.info("#s").lostUpTo()).isEqualTo(1);
    }

    @Test
    void a_batch_that_was_stored_although_its_write_failed_is_found_by_its_repetition() {
        await(engine.append(List.of(message("a"), message("x"))));
        List<Append> batch = List.of(message("b"), message("x"), message("c"));
        disk.failAfter = true;
        failure(batch);
        assertThat(engine.info("#s").top().offset()).isEqualTo(2);
        disk.failAfter = false;

        List<AppendOutcome> outcomes = await(engine.append(batch));

        assertThat(outcomes)
                .containsExactly(
                        new Stored(position(3), List.of(new Removed("#s", 1, "a", FinalState.DROPPED))),
                        new Duplicate(position(2), false),
                        new Stored(position(4), List.of(new Removed("#s", 2, "x", FinalState.DROPPED))));
        assertThat(ids()).containsExactly("b", "c");
        assertThat(engine.info("#s").top().offset()).isEqualTo(4);
        assertThat(engine.info("#s").messages()).isEqualTo(2);
    }

    @Test
    void a_stored_batch_whose_ids_nobody_looks_for_is_found_by_its_repetition() {
        List<Append> batch = List.of(anew("b"), anew("c"), anew("b"));
        disk.failAfter = true;
        failure(batch);
        disk.failAfter = false;

        List<AppendOutcome> outcomes = await(engine.append(batch));

        assertThat(outcomes).hasOnlyElementsOfType(Stored.class);
        assertThat(((Stored) outcomes.get(2)).position()).isEqualTo(position(3));
        assertThat(engine.info("#s").top().offset()).isEqualTo(3);
    }

    private static Append anew(String id) {
        return new Append("#s", id, new byte[] {'1'}, Map.of(), 1000, Publication.NEVER, Append.NO_EARLIER, TWO);
    }

    @Test
    void a_stored_batch_is_found_also_after_its_repetition_failed_once_more() {
        List<Append> batch = List.of(message("b"));
        disk.failAfter = true;
        failure(batch);
        disk.failAfter = false;
        disk.failBefore = true;
        Change.MoveCursor other = new Change.MoveCursor("t", "d", 0, 1, false);
        assertThat(catchThrowableOfType(EngineException.class, () -> await(engine.apply(List.of(other)))))
                .isNotNull();
        assertThat(await(engine.append(batch))).containsExactly(new Stored(position(1), List.of()));
        assertThat(ids()).containsExactly("b");
    }

    @Test
    void another_publisher_with_the_same_id_gets_a_duplicate_from_a_failed_batch() {
        disk.failAfter = true;
        failure(List.of(message("b")));
        disk.failAfter = false;
        assertThat(await(engine.append(List.of(message("b"))))).containsExactly(new Duplicate(position(1), false));
    }

    @Test
    void a_failed_change_leaves_everything_as_it_was_and_can_be_repeated() {
        await(engine.append(List.of(message("a"), message("b"))));
        List<Change> changes = List.of(new Change.MoveCursor("#s", "d", 1, 5, true), new Change.Discard("#s", 1, 5));
        disk.failBefore = true;
        assertThat(catchThrowableOfType(EngineException.class, () -> await(engine.apply(changes)))
                        .reason())
                .isEqualTo(Reason.STORE_FULL);
        assertThat(ids()).containsExactly("a", "b");
        assertThat(engine.devices("#s")).isEmpty();
        disk.failBefore = false;
        await(engine.apply(changes));
        assertThat(ids()).containsExactly("b");
        assertThat(engine.info("#s").confirmedUpTo()).isEqualTo(1);
    }

    @Test
    void a_hanging_write_blocks_neither_caller_nor_readers_and_its_repetition_joins_it() throws Exception {
        await(engine.append(List.of(message("a"))));
        List<Append> batch = List.of(message("b"));
        disk.hang = true;
        CompletableFuture<List<AppendOutcome>> first = engine.append(batch).toCompletableFuture();
        assertThat(disk.hanging.await(10, TimeUnit.SECONDS)).isTrue();
        first.cancel(true);
        CompletableFuture<List<AppendOutcome>> second = engine.append(batch).toCompletableFuture();
        assertThat(ids()).containsExactly("a");
        assertThat(engine.info("#s").top().offset()).isEqualTo(1);
        assertThat(second).isNotDone();
        disk.hang = false;
        disk.gate.countDown();
        assertThat(await(second)).containsExactly(new Stored(position(2), List.of()));
        assertThat(ids()).containsExactly("a", "b");
    }

    @Test
    void a_hanging_write_lets_only_a_bounded_number_of_tasks_wait() throws Exception {
        disk.hang = true;
        engine.append(List.of(message("a")));
        assertThat(disk.hanging.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 64; i++) {
            engine.expire(1, 1, stream -> Long.MAX_VALUE);
        }
        EngineException failure =
                catchThrowableOfType(EngineException.class, () -> await(engine.expire(1, 1, stream -> Long.MAX_VALUE)));
        assertThat(failure.reason()).isEqualTo(Reason.TIMEOUT);
    }

    @Test
    void a_failure_says_whether_the_batch_may_be_stored() {
        List<Append> batch = List.of(message("a"));
        disk.failAfter = true;
        assertThat(failure(batch).mayBeStored()).as("its write had begun").isTrue();
        disk.failAfter = false;
        await(engine.append(batch));
        engine.close();
        assertThat(failure(List.of(message("b"))).mayBeStored()).as("closed").isFalse();
    }

    private EngineException failure(List<Append> batch) {
        return catchThrowableOfType(EngineException.class, () -> await(engine.append(batch)));
    }

    private static Append message(String id) {
        return new Append("#s", id, new byte[] {'1'}, Map.of(), 1000, Publication.NEVER, 0, TWO);
    }

    private Position position(long offset) {
        return new Position(engine.info("#s").top().epoch(), offset);
    }

    private List<String> ids() {
        return engine.read("#s", new Position("", 0), 100, 1000).publications().stream()
                .map(Publication::id)
                .toList();
    }

    /** Fails before or after a batch is stored, or hangs, as told. */
    private static final class FaultyDisk implements Disk {
        volatile boolean failBefore;
        volatile boolean failAfter;
        volatile boolean hang;
        final CountDownLatch hanging = new CountDownLatch(1);
        final CountDownLatch gate = new CountDownLatch(1);

        @Override
        public void write(RocksDB db, WriteOptions options, WriteBatch batch) throws RocksDBException {
            if (failBefore) {
                throw noSpace();
            }
            if (hang) {
                hanging.countDown();
                try {
                    gate.await();
                } catch (InterruptedException interrupted) {
                    throw noSpace();
                }
            }
            REAL.write(db, options, batch);
            if (failAfter) {
                throw noSpace();
            }
        }

        private static RocksDBException noSpace() {
            return new RocksDBException(new Status(Status.Code.IOError, Status.SubCode.NoSpace, "No space left"));
        }
    }
}
