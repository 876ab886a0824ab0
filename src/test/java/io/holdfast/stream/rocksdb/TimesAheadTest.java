package io.holdfast.stream.rocksdb;

import static io.holdfast.stream.StreamEngineContract.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Change;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that a server with a clock ten years ahead has written to. */
class TimesAheadTest {
    private static final long RIGHT = 1_800_000_000_000L;
    private static final long AHEAD = Duration.ofDays(3650).toMillis();
    private static final long MINUTE = 60_000;
    private static final long LEAD = 10 * MINUTE;
    private static final Retention WIDE = new Retention(1000, 1 << 20, Retention.Overflow.DROP_OLDEST);

    @TempDir
    Path directory;

    private final AtomicLong now = new AtomicLong(RIGHT);

    private RocksDbEngine open() {
        return RocksDbEngine.open(TestStores.options(directory), now::get, System::nanoTime);
    }

    private AppendOutcome append(RocksDbEngine engine, String id, long ttl) {
        byte[] payload = "1".getBytes(StandardCharsets.UTF_8);
        long at = now.get();
        return await(engine.append(List.of(new Append("#u", id, payload, Map.of(), at, at + ttl, at - MINUTE, WIDE))))
                .get(0);
    }

    private List<String> left(RocksDbEngine engine) {
        while (!await(engine.expire(now.get(), 100, stream -> Long.MAX_VALUE)).exhausted()) {
            // goes on
        }
        return engine.readBackwards("#u", 1_000, 100, 1 << 20).stream()
                .map(Publication::id)
                .toList();
    }

    private void writtenByAClockThatIsAhead() {
        try (RocksDbEngine engine = open()) {
            append(engine, "before", 2 * 24 * 60 * MINUTE);
        }
        now.addAndGet(AHEAD);
        try (RocksDbEngine engine = open()) {
            append(engine, "early", 20 * MINUTE);
            now.addAndGet(15 * MINUTE);
            append(engine, "late", 20 * MINUTE);
            await(engine.apply(List.of(new Change.MoveCursor("#u", "till", 0, now.get(), false))));
        }
        now.set(RIGHT + 20 * MINUTE);
    }

    @Test
    void messages_expire_after_their_time_to_live_once_the_clock_is_right_again() {
        writtenByAClockThatIsAhead();
        try (RocksDbEngine engine = open()) {
            Duration back = engine.bringBack(now.get() + LEAD);
            assertThat(back).isEqualTo(Duration.ofMillis(AHEAD + 15 * MINUTE - 20 * MINUTE - LEAD));
            assertThat(engine.newestMillis()).isEqualTo(now.get() + LEAD);
            now.addAndGet(LEAD); // the steady clock goes on from there
            assertThat(left(engine)).containsExactly("late", "early", "before");
            now.addAndGet(5 * MINUTE);
            assertThat(left(engine)).containsExactly("late", "before");
            assertThat(engine.message("#u", "early").orElseThrow().finalState()).isEqualTo(FinalState.EXPIRED);
            now.addAndGet(15 * MINUTE);
            assertThat(left(engine)).containsExactly("before");
            now.addAndGet(2 * 24 * 60 * MINUTE);
            assertThat(left(engine)).isEmpty();
            assertThat(engine.message("#u", "late")).as("forgotten in time").isEmpty();
        }
    }

    @Test
    void ids_stay_known_for_their_window_and_no_longer() {
        writtenByAClockThatIsAhead();
        try (RocksDbEngine engine = open()) {
            engine.bringBack(now.get() + LEAD);
            now.addAndGet(LEAD + MINUTE / 2);
            assertThat(append(engine, "late", MINUTE)).isInstanceOf(AppendOutcome.Duplicate.class);
            now.addAndGet(MINUTE);
            assertThat(append(engine, "late", MINUTE)).isInstanceOf(AppendOutcome.Stored.class);
        }
    }

    @Test
    void devices_were_seen_no_later_than_now_and_a_second_time_nothing_is_brought_back() {
        writtenByAClockThatIsAhead();
        try (RocksDbEngine engine = open()) {
            engine.bringBack(now.get() + LEAD);
            assertThat(engine.devices("#u").get(0).seenAtMillis()).isEqualTo(now.get() + LEAD);
        }
        try (RocksDbEngine engine = open()) {
            assertThat(engine.bringBack(now.get() + LEAD)).isZero();
            assertThat(engine.newestMillis()).isEqualTo(now.get() + LEAD);
        }
    }
}
