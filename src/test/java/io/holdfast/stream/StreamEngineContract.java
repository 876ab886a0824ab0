package io.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.AppendOutcome.Duplicate;
import io.holdfast.stream.AppendOutcome.Outdated;
import io.holdfast.stream.AppendOutcome.Refused;
import io.holdfast.stream.AppendOutcome.Stored;
import io.holdfast.stream.Page.Continuity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine does. Final states are kept one hour, empty streams 30 days; the clock is the test's. */
public abstract class StreamEngineContract {

    protected static final long HOUR = 3_600_000;
    protected static final long DAY = 24 * HOUR;
    protected static final String S = "#ann";
    private static final String CHANNEL = "orders:7";
    private static final long WINDOW = OutboxRetention.DEFAULT.windowMillis();
    private static final Retention WIDE = new Retention(1000, 1 << 20, Retention.Overflow.DROP_OLDEST);

    protected final AtomicLong now = new AtomicLong(1_800_000_000_000L);
    protected StreamEngine engine;

    /** What the engine is opened with next. */
    protected OutboxRetention outboxes = OutboxRetention.DEFAULT;

    /** Opens the engine on this test's storage, the same at every call; final states 1 h, empty streams 30 days. */
    protected abstract StreamEngine open(LongSupplier clockMillis, OutboxRetention outboxes);

    /** Whether several nodes can share the store: then claims are stored. */
    protected boolean shared() {
        return false;
    }

    @BeforeEach
    void openEngine() {
        engine = open(now::get, outboxes);
    }

    @AfterEach
    void closeEngine() {
        engine.close();
    }

    protected void reopen() {
        engine.close();
        engine = open(now::get, outboxes);
    }

    // --- appending and reading

    @Test
    void offsets_start_at_1_and_grow_by_1() {
        assertThat(offsets(append(message("a"), message("b"), message("c")))).containsExactly(1L, 2L, 3L);
        assertThat(offsets(append(message("d")))).containsExactly(4L);
        assertThat(engine.info(S).top().offset()).isEqualTo(4);
    }

    @Test
    void what_was_stored_is_read_as_it_was() {
        byte[] payload = "{\"ü\":1}".getBytes(StandardCharsets.UTF_8);
        append(new Append(S, "id-ü", payload, Map.of("k", "v", "ö", ""), 17, now.get() + 5, 0, WIDE));

        Publication read = all(S).publications().get(0);

        assertThat(read.offset()).isEqualTo(1);
        assertThat(read.id()).isEqualTo("id-ü");
        assertThat(read.payload()).isEqualTo(payload);
        assertThat(read.tags()).isEqualTo(Map.of("k", "v", "ö", ""));
        assertThat(read.publishedAtMillis()).isEqualTo(17);
        assertThat(read.expiresAtMillis()).isEqualTo(now.get() + 5);
    }

    @Test
    void the_client_that_published_is_read_as_it_was_and_the_first_ones_counts() {
        Publisher known = new Publisher("ü", "c-1", "{\"ü\":1}".getBytes(StandardCharsets.UTF_8), null);
        append(by("a", Map.of("k", "v"), known), by("b", Map.of(), new Publisher("u", "c-2", null, bytes("7"))));
        append(by("a", Map.of(), new Publisher("u", "c-3", null, null)), message("c"));
        reopen();

        List<Publication> read = all(S).publications();

        assertThat(ids(all(S))).containsExactly("a", "b", "c");
        assertThat(read.get(0).publisher()).usingRecursiveComparison().isEqualTo(known);
        assertThat(read.get(0).tags()).isEqualTo(Map.of("k", "v"));
        assertThat(read.get(1).publisher())
                .usingRecursiveComparison()
                .isEqualTo(new Publisher("u", "c-2", null, bytes("7")));
        assertThat(read.get(2).publisher()).isNull();
        assertThat(read)
                .allSatisfy(publication -> assertThat(publication.payload()).isEqualTo(bytes("{}")));
    }

    private Append by(String id, Map<String, String> tags, Publisher publisher) {
        return new Append(
                S, id, bytes("{}"), tags, now.get(), Publication.NEVER, now.get() - 300_000, WIDE, publisher, null);
    }

    @Test
    void streams_do_not_see_each_other() {
        append(of("a", "1"), of("ab", "2"), of("a", "3"), of("b", "4"));
        assertThat(ids(all("a"))).containsExactly("1", "3");
        assertThat(ids(all("ab"))).containsExactly("2");
        assertThat(ids(all("b"))).containsExactly("4");
        assertThat(ids(all("c"))).isEmpty();
    }

    @Test
    void an_empty_batch_has_no_outcomes() {
        assertThat(append()).isEmpty();
        assertThat(engine.apply(List.of())).isNotNull();
    }

    @Test
    void an_unknown_stream_is_empty_and_keeps_its_epoch_until_it_is_written() {
        StreamStatus before = engine.info(S);
        assertThat(before.top().offset()).isZero();
        assertThat(before.firstOffset()).isEqualTo(1);
        assertThat(before.messages()).isZero();
        Stored stored = (Stored) append(message("a")).get(0);
        assertThat(stored.position()).isEqualTo(new Position(before.top().epoch(), 1));
        assertThat(page(before.top(), 10).continuity()).isEqualTo(Continuity.CONTINUOUS);
    }

    @Test
    void info_counts_what_is_retained() {
        append(message("a"), message("b"));
        StreamStatus info = engine.info(S);
        assertThat(info.messages()).isEqualTo(2);
        assertThat(info.bytes()).isEqualTo(2 * size("a"));
        assertThat(info.firstOffset()).isEqualTo(1);
        assertThat(info.lostUpTo()).isZero();
        assertThat(info.confirmedUpTo()).isZero();
    }

    @Test
    void a_large_batch_over_many_streams_is_stored_in_order() {
        List<Append> batch = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            batch.add(of("s" + i % 37, "m" + i));
        }
        await(engine.append(batch));
        for (int s = 0; s < 37; s++) {
            List<String> expected = new ArrayList<>();
            for (int i = s; i < 5000; i += 37) {
                expected.add("m" + i);
            }
            assertThat(ids(all("s" + s))).isEqualTo(expected);
        }
    }

    // --- pages

    @Test
    void a_page_ends_at_the_message_bound_and_says_more() {
        append(message("a"), message("b"), message("c"));
        Page page = page(start(), 2);
        assertThat(ids(page)).containsExactly("a", "b");
        assertThat(page.more()).isTrue();
        Page rest = page(position(2), 2);
        assertThat(ids(rest)).containsExactly("c");
        assertThat(rest.more()).isFalse();
        assertThat(ids(page(position(3), 2))).isEmpty();
    }

    @Test
    void a_page_ends_before_the_byte_bound_but_holds_at_least_one() {
        append(message("a"), message("b"), message("c"));
        Page two = engine.read(S, start(), 10, 2 * size("a"));
        assertThat(ids(two)).containsExactly("a", "b");
        assertThat(two.more()).isTrue();
        assertThat(ids(engine.read(S, start(), 10, 1))).containsExactly("a");
    }

    @Test
    void a_full_page_without_a_rest_does_not_say_more() {
        append(message("a"), message("b"));
        assertThat(page(start(), 2).more()).isFalse();
    }

    @Test
    void another_epoch_gets_what_is_retained_and_is_told() {
        append(message("a"), message("b"));
        Page page = engine.read(S, new Position("other", 1), 10, 1000);
        assertThat(page.continuity()).isEqualTo(Continuity.EPOCH_CHANGED);
        assertThat(ids(page)).containsExactly("a", "b");
    }

    @Test
    void a_position_above_the_top_is_of_another_life() {
        append(message("a"));
        Page page = engine.read(S, position(2), 10, 1000);
        assertThat(page.continuity()).isEqualTo(Continuity.EPOCH_CHANGED);
        assertThat(ids(page)).containsExactly("a");
    }

    @Test
    void the_empty_epoch_is_the_streams_own() {
        append(message("a"), message("b"));
        Page page = engine.read(S, new Position("", 1), 10, 1000);
        assertThat(page.continuity()).isEqualTo(Continuity.CONTINUOUS);
        assertThat(ids(page)).containsExactly("b");
    }

    // --- deduplication

    @Test
    void the_same_id_within_the_window_is_a_duplicate_and_stores_nothing() {
        append(message("a"));
        Duplicate duplicate = (Duplicate) append(message("a")).get(0);
        assertThat(duplicate.position()).isEqualTo(position(1));
        assertThat(duplicate.conflicting()).isFalse();
        assertThat(engine.info(S).messages()).isEqualTo(1);
    }

    @Test
    void a_duplicate_with_another_payload_is_conflicting() {
        append(message("a"));
        Append other =
                new Append(S, "a", bytes("other"), Map.of(), now.get(), Publication.NEVER, now.get() - 300_000, WIDE);
        assertThat(((Duplicate) append(other).get(0)).conflicting()).isTrue();
        assertThat(all(S).publications().get(0).payload()).isEqualTo(bytes("{}"));
    }

    @Test
    void duplicates_are_found_within_one_batch() {
        List<AppendOutcome> outcomes = append(message("a"), message("a"), message("b"), message("a"));
        assertThat(outcomes)
                .extracting(Object::getClass)
                .containsExactly(Stored.class, Duplicate.class, Stored.class, Duplicate.class);
        assertThat(((Duplicate) outcomes.get(3)).position().offset()).isEqualTo(1);
        assertThat(ids(all(S))).containsExactly("a", "b");
    }

    @Test
    void the_same_id_on_another_stream_is_no_duplicate() {
        assertThat(append(of("x", "a"), of("y", "a"))).allMatch(Stored.class::isInstance);
    }

    @Test
    void an_id_outside_the_window_is_stored_again() {
        append(message("a"));
        now.addAndGet(300_001);
        Append again =
                new Append(S, "a", bytes("{}"), Map.of(), now.get(), Publication.NEVER, now.get() - 300_000, WIDE);
        Stored stored = (Stored) append(again).get(0);
        assertThat(stored.position().offset()).isEqualTo(2);
        assertThat(engine.message(S, "a").orElseThrow().position().offset()).isEqualTo(2);
    }

    @Test
    void an_append_that_looks_for_no_earlier_one_is_stored_and_then_the_first() {
        append(message("a"));
        assertThat(append(anew("a"), anew("a"), message("a"), anew("a")))
                .extracting(Object::getClass)
                .containsExactly(Stored.class, Stored.class, Duplicate.class, Stored.class);
        assertThat(ids(all(S))).containsExactly("a", "a", "a", "a");
        for (int round = 0; round < 2; round++) {
            assertThat(((Duplicate) append(message("a")).get(0)).position()).isEqualTo(position(4));
            reopen();
        }
    }

    private Append anew(String id) {
        return new Append(S, id, bytes("{}"), Map.of(), now.get(), Publication.NEVER, Append.NO_EARLIER, WIDE);
    }

    @Test
    void a_duplicate_is_found_after_its_first_was_trimmed_and_after_a_restart() {
        append(message("a"));
        apply(confirm("d", 1), removal(S, 1));
        assertThat(((Duplicate) append(message("a")).get(0)).position()).isEqualTo(position(1));
        reopen();
        assertThat(((Duplicate) append(message("a")).get(0)).position()).isEqualTo(position(1));
    }

    @Test
    void the_repetition_of_a_batch_reports_what_the_first_attempt_stored() {
        List<Append> batch = List.of(message("a"), message("b"), message("a"));
        List<AppendOutcome> first = await(engine.append(batch));
        assertThat(await(engine.append(List.copyOf(batch)))).isEqualTo(first);
        assertThat(engine.info(S).messages()).isEqualTo(2);
    }

    @Test
    void a_repetition_joins_the_attempt_that_is_under_way() {
        List<Append> batch = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            batch.add(message("m" + i));
        }
        CompletionStage<List<AppendOutcome>> first = engine.append(batch);
        CompletionStage<List<AppendOutcome>> second = engine.append(batch);
        assertThat(await(second)).isEqualTo(await(first)).allMatch(Stored.class::isInstance);
        assertThat(engine.info(S).top().offset()).isEqualTo(2000);
    }

    // --- retention

    @Test
    void overflow_drops_the_oldest_says_what_was_lost_and_records_why() {
        Retention two = new Retention(2, 1000, Retention.Overflow.DROP_OLDEST);
        append(kept("a", two), kept("b", two));
        Stored stored = (Stored) append(kept("c", two)).get(0);
        assertThat(stored.dropped()).containsExactly(new Removed(S, 1, "a", FinalState.DROPPED));
        StreamStatus info = engine.info(S);
        assertThat(info.lostUpTo()).isEqualTo(1);
        assertThat(info.firstOffset()).isEqualTo(2);
        assertThat(info.messages()).isEqualTo(2);
        MessageRecord record = engine.message(S, "a").orElseThrow();
        assertThat(record.finalState()).isEqualTo(FinalState.DROPPED);
        assertThat(record.finalAtMillis()).isEqualTo(now.get());
        assertThat(page(position(0), 10).continuity()).isEqualTo(Continuity.LOST);
        assertThat(page(start(), 10).continuity()).isEqualTo(Continuity.LOST);
        assertThat(page(position(1), 10).continuity()).isEqualTo(Continuity.CONTINUOUS);
        assertThat(ids(page(start(), 10))).containsExactly("b", "c");
    }

    @Test
    void a_confirmed_message_that_overflows_stays_acknowledged_and_is_lost_for_others() {
        Retention two = new Retention(2, 1000, Retention.Overflow.DROP_OLDEST);
        append(kept("a", two), kept("b", two));
        await(engine.apply(List.of(new Change.MoveCursor(S, "fast", 2, now.get(), true))));
        Stored stored = (Stored) append(kept("c", two)).get(0);
        assertThat(stored.dropped()).isEmpty();
        assertThat(engine.message(S, "a").orElseThrow().finalState()).isNull();
        assertThat(engine.info(S).lostUpTo()).isEqualTo(1);
        assertThat(page(position(0), 10).continuity()).isEqualTo(Continuity.LOST);
        assertThat(page(position(1), 10).continuity()).isEqualTo(Continuity.CONTINUOUS);
    }

    @Test
    void overflow_within_one_batch_drops_what_the_batch_itself_brought() {
        Retention two = new Retention(2, 1000, Retention.Overflow.DROP_OLDEST);
        List<AppendOutcome> outcomes =
                append(kept("a", two), kept("b", two), kept("c", two), kept("d", two), kept("a", two));
        assertThat(((Stored) outcomes.get(3)).dropped()).containsExactly(new Removed(S, 2, "b", FinalState.DROPPED));
        assertThat(outcomes.get(4)).isInstanceOf(Duplicate.class);
        assertThat(ids(all(S))).containsExactly("c", "d");
        assertThat(engine.message(S, "a").orElseThrow().finalState()).isEqualTo(FinalState.DROPPED);
        reopen();
        assertThat(ids(all(S))).containsExactly("c", "d");
        assertThat(engine.info(S).messages()).isEqualTo(2);
    }

    @Test
    void each_append_of_a_batch_reports_what_gave_way_to_it() {
        Retention four = new Retention(4, 1000, Retention.Overflow.DROP_OLDEST);
        append(kept("a", four), kept("b", four), kept("c", four), kept("d", four));
        apply(confirm("phone", 1));
        assertThat(dropped(append(of("#bob", "x"), kept("e", four), kept("f", four), kept("g", four))))
                .as("the first is confirmed")
                .containsExactly(List.of(), List.of(), List.of("b"), List.of("c"));

        Retention two = new Retention(2, 1000, Retention.Overflow.DROP_OLDEST);
        assertThat(dropped(append(kept("h", two), kept("i", two))))
                .as("the bound is lower now")
                .containsExactly(List.of("d", "e", "f"), List.of("g"));
        for (int round = 0; round < 2; round++) {
            assertThat(ids(all(S))).containsExactly("h", "i");
            assertThat(engine.info(S).lostUpTo()).isEqualTo(7);
            assertThat(engine.waiting()).isEqualTo(3);
            reopen();
        }
    }

    @Test
    void a_channel_reports_nothing_of_what_it_drops_and_still_knows_its_ids() {
        Retention two = new Retention(2, 1000, Retention.Overflow.DROP_OLDEST);
        append(ofChannel("a", two), ofChannel("b", two));

        assertThat(dropped(append(ofChannel("c", two), message("x")))).containsExactly(List.of(), List.of());
        assertThat(dropped(append(ofChannel("d", two), ofChannel("e", two), ofChannel("f", two))))
                .as("what the batch itself brought, too")
                .containsExactly(List.of(), List.of(), List.of());

        for (int round = 0; round < 2; round++) {
            assertThat(ids(all(CHANNEL))).containsExactly("e", "f");
            assertThat(engine.info(CHANNEL).lostUpTo()).isEqualTo(4);
            assertThat(all(CHANNEL).continuity()).isEqualTo(Continuity.LOST);
            assertThat(append(ofChannel("a", two), ofChannel("d", two))).hasOnlyElementsOfType(Duplicate.class);
            MessageRecord record = engine.message(CHANNEL, "d").orElseThrow();
            assertThat(record.position().offset()).isEqualTo(4);
            assertThat(record.finalState()).isNull();
            assertThat(record.finalAtMillis()).isZero();
            reopen();
        }
    }

    @Test
    void what_a_channel_has_dropped_is_forgotten_an_hour_later_or_after_it_expires() {
        Retention one = new Retention(1, 1000, Retention.Overflow.DROP_OLDEST);
        Append expiring =
                new Append(CHANNEL, "b", bytes("{}"), Map.of(), now.get(), now.get() + HOUR, now.get() - 300_000, one);
        append(ofChannel("a", one), expiring, ofChannel("c", one));
        expireAll(now.get() + HOUR - 1);
        assertThat(engine.message(CHANNEL, "a")).isPresent();
        expireAll(now.get() + HOUR);
        assertThat(engine.message(CHANNEL, "a")).isEmpty();
        assertThat(engine.message(CHANNEL, "b")).isPresent();
        expireAll(now.get() + 2 * HOUR);
        assertThat(engine.message(CHANNEL, "b")).isEmpty();
        assertThat(engine.message(CHANNEL, "c")).as("retained").isPresent();
    }

    private Append ofChannel(String id, Retention retention) {
        return new Append(
                CHANNEL, id, bytes("{}"), Map.of(), now.get(), Publication.NEVER, now.get() - 300_000, retention);
    }

    private static List<List<String>> dropped(List<AppendOutcome> outcomes) {
        return outcomes.stream()
                .map(outcome ->
                        ((Stored) outcome).dropped().stream().map(Removed::id).toList())
                .toList();
    }

    @Test
    void the_byte_bound_drops_as_many_as_it_takes() {
        Retention bytes = new Retention(100, 3 * size("a"), Retention.Overflow.DROP_OLDEST);
        append(kept("a", bytes), kept("b", bytes), kept("c", bytes));
        Append big = new Append(
                S, "d", bytes("[1,2,3]"), Map.of(), now.get(), Publication.NEVER, now.get() - 300_000, bytes);
        assertThat(((Stored) append(big).get(0)).dropped())
                .extracting(Removed::id)
                .containsExactly("a", "b", "c");
        assertThat(engine.info(S).bytes()).isEqualTo(8);
    }

    @Test
    void a_publication_that_alone_exceeds_the_byte_bound_is_refused() {
        Retention tiny = new Retention(100, 5, Retention.Overflow.DROP_OLDEST);
        append(kept("a", tiny));
        Append big =
                new Append(S, "b", bytes("[1,2,3]"), Map.of(), now.get(), Publication.NEVER, now.get() - 300_000, tiny);
        assertThat(append(big).get(0)).isInstanceOf(Refused.class);
        assertThat(ids(all(S))).containsExactly("a");
    }

    @Test
    void a_full_stream_that_rejects_refuses_until_there_is_room() {
        Retention two = new Retention(2, 1000, Retention.Overflow.REJECT);
        assertThat(append(kept("a", two), kept("b", two), kept("c", two)).get(2))
                .isInstanceOf(Refused.class);
        assertThat(engine.info(S).top().offset()).isEqualTo(2);
        assertThat(engine.message(S, "c")).isEmpty();
        apply(confirm("d", 1), removal(S, 1));
        assertThat(offsets(append(kept("c", two)))).containsExactly(3L);
    }

    // --- trimming, settling, expiry

    @Test
    void what_is_confirmed_stays_for_the_recovery_window_and_is_trimmed_after_it() {
        append(message("a"), message("b"), message("c"));
        apply(confirm("d", 2));
        expireAll(now.get() + WINDOW - 1);
        assertThat(ids(all(S))).containsExactly("a", "b", "c");
        assertThat(page(start(), 10).continuity()).isEqualTo(Continuity.CONTINUOUS);
        expireAll(afterWindow());
        for (int round = 0; round < 2; round++) {
            assertThat(ids(all(S))).containsExactly("c");
            StreamStatus info = engine.info(S);
            assertThat(info.firstOffset()).isEqualTo(3);
            assertThat(info.lostUpTo()).as("whoever stands below is told").isEqualTo(2);
            assertThat(info.messages()).isEqualTo(1);
            assertThat(info.bytes()).isEqualTo(size("c"));
            assertThat(page(position(1), 10).continuity()).isEqualTo(Continuity.LOST);
            assertThat(page(position(2), 10).continuity()).isEqualTo(Continuity.CONTINUOUS);
            MessageRecord record = engine.message(S, "a").orElseThrow();
            assertThat(record.position()).isEqualTo(position(1));
            assertThat(record.finalState()).isNull();
            reopen();
        }
    }

    @Test
    void what_is_confirmed_is_trimmed_also_when_the_window_ends_after_a_restart() {
        append(message("a"), message("b"), message("c"));
        apply(confirm("d", 1));
        now.addAndGet(10);
        apply(confirm("d", 2));
        reopen();
        expireAll(afterWindow());
        now.set(afterWindow());
        expireAll(afterWindow());
        assertThat(ids(all(S))).containsExactly("c");
    }

    @Test
    void each_confirmation_has_a_window_of_its_own() {
        append(message("a"), message("b"));
        apply(confirm("d", 1));
        now.addAndGet(WINDOW / 2);
        apply(confirm("d", 2));
        now.addAndGet(WINDOW / 2 + WINDOW / 8);
        expireAll(now.get());
        assertThat(ids(all(S))).containsExactly("b");
        now.addAndGet(WINDOW / 2);
        expireAll(now.get());
        assertThat(ids(all(S))).isEmpty();
    }

    @Test
    void a_stream_of_confirmations_is_trimmed_while_it_lasts() {
        for (int i = 1; i <= 40; i++) {
            append(message("m" + i));
            apply(confirm("d", i));
            now.addAndGet(WINDOW / 16);
            expireAll(now.get());
        }
        assertThat(engine.info(S).messages()).isBetween(15, 19);
        expireAll(afterWindow());
        expireAll(afterWindow() + 2 * WINDOW);
        assertThat(engine.info(S).messages()).isZero();
    }

    @Test
    void a_device_that_is_away_keeps_what_another_has_confirmed_until_it_confirms() {
        append(message("a"), message("b"), message("c"));
        apply(new Change.MoveCursor(S, "away", 0, now.get(), false), confirm("here", 3));
        now.set(afterWindow());
        expireAll(now.get());
        assertThat(ids(all(S))).containsExactly("a", "b", "c");
        assertThat(engine.info(S).waiting()).isZero();
        apply(confirm("away", 2));
        reopen();
        expireAll(afterWindow());
        assertThat(ids(all(S))).containsExactly("c");
        assertThat(page(position(2), 10).continuity()).isEqualTo(Continuity.CONTINUOUS);
    }

    @Test
    void a_device_that_was_not_seen_for_the_device_retention_holds_nothing_back() {
        append(message("a"), message("b"));
        apply(new Change.MoveCursor(S, "away", 0, now.get(), false), confirm("here", 1));
        expireAll(afterWindow());
        now.addAndGet(7 * DAY);
        apply(confirm("here", 2));
        expireAll(now.get());
        assertThat(ids(all(S))).containsExactly("a", "b");
        reopen();
        now.addAndGet(DAY);
        expireAll(now.get());
        expireAll(now.get() + 1);
        assertThat(ids(all(S))).isEmpty();
        assertThat(page(start(), 10).continuity()).isEqualTo(Continuity.LOST);
        assertThat(engine.devices(S)).hasSize(2);
    }

    @Test
    void a_device_that_is_forgotten_holds_nothing_back() {
        append(message("a"));
        apply(new Change.MoveCursor(S, "away", 0, now.get(), false), confirm("here", 1));
        expireAll(afterWindow());
        apply(new Change.ForgetDevice(S, "away"));
        expireAll(2 * afterWindow());
        assertThat(ids(all(S))).isEmpty();
    }

    @Test
    void with_any_device_a_device_that_is_away_holds_nothing_back_and_is_told() {
        outboxes = new OutboxRetention(
                outboxes.recoveryWindow(), outboxes.deviceRetention(), OutboxRetention.DeliverTo.ANY_DEVICE);
        reopen();
        append(message("a"));
        apply(new Change.MoveCursor(S, "away", 0, now.get(), false), confirm("here", 1));
        expireAll(afterWindow());
        assertThat(ids(all(S))).isEmpty();
        assertThat(engine.info(S).lostUpTo()).isEqualTo(1);
    }

    @Test
    void what_a_connection_has_yet_to_get_is_not_trimmed() {
        append(message("a"), message("b"), message("c"));
        apply(confirm("d", 3));
        await(engine.expire(afterWindow(), 100, stream -> stream.equals(S) ? 1 : Long.MAX_VALUE));
        assertThat(ids(all(S))).containsExactly("b", "c");
        expireAll(afterWindow() + 2 * WINDOW);
        assertThat(ids(all(S))).isEmpty();
    }

    @Test
    void a_stream_that_gets_another_epoch_is_told_by_the_version_of_all() {
        String before = engine.info(S).top().epoch();
        long version = engine.epochsVersion();
        append(of(S, "a"));
        apply(confirm("d", 1));
        expireAll(afterWindow());
        assertThat(engine.epochsVersion()).isEqualTo(version);
        assertThat(engine.info(S).top().epoch()).isEqualTo(before);

        apply(new Change.ForgetStream(S, afterWindow(), () -> true));
        assertThat(engine.info(S).top().epoch()).isNotEqualTo(before);
        assertThat(engine.epochsVersion()).isNotEqualTo(version);
    }

    @Test
    void a_call_trims_about_as_many_as_it_may_and_the_next_ones_the_rest() {
        int streams = 12;
        for (int i = 0; i < streams; i++) {
            append(of("#" + i, "a"), of("#" + i, "b"), of("#" + i, "c"));
            apply(new Change.MoveCursor("#" + i, "phone", 3, now.get(), true));
        }
        int left = 3 * streams;
        boolean exhausted = false;
        for (int calls = 0; calls < 20 && !exhausted; calls++) {
            exhausted = await(expire(afterWindow(), 5)).exhausted();
            int before = left;
            left = IntStream.range(0, streams)
                    .map(i -> engine.info("#" + i).messages())
                    .sum();
            assertThat(before - left).as("the last stream may be trimmed whole").isLessThanOrEqualTo(5 + 2);
        }
        assertThat(left).isZero();
        assertThat(exhausted).isTrue();
    }

    @Test
    void a_publication_that_expires_within_its_window_is_no_loss() {
        append(expiring("a", 1000));
        apply(confirm("d", 1));
        assertThat(await(expire(now.get() + 1000, 100)).removed()).isEmpty();
        expireAll(afterWindow());
        assertThat(engine.info(S).messages()).isZero();
        assertThat(engine.info(S).lostUpTo()).isZero();
    }

    // --- given up

    private Change giveUp(String device, long offset) {
        return new Change.GiveUp(S, device, offset, now.get());
    }

    private Change seen(String device, long offset) {
        return new Change.MoveCursor(S, device, offset, now.get(), false);
    }

    private List<Removed> removedAt(long atMillis) {
        return await(expire(atMillis, 1000)).removed();
    }

    private @Nullable FinalState finalState(String id) {
        return engine.message(S, id).orElseThrow().finalState();
    }

    @Test
    void what_a_device_gave_up_is_not_confirmed_by_its_later_confirmations() {
        append(message("a"), message("b"), message("c"));
        apply(seen("phone", 0), giveUp("till", 1), confirm("till", 3));
        for (int round = 0; round < 2; round++) {
            StreamStatus info = engine.info(S);
            assertThat(info.confirmedUpTo()).isEqualTo(3);
            assertThat(info.givenUp()).containsExactly(1L);
            assertThat(info.confirmed(1)).isFalse();
            assertThat(info.confirmed(2)).isTrue();
            assertThat(info.waiting()).isEqualTo(1);
            assertThat(info.waitingBytes()).isEqualTo(size("a"));
            assertThat(engine.waiting()).isEqualTo(1);
            assertThat(engine.devices(S)).extracting(DeviceCursor::device).containsExactlyInAnyOrder("phone", "till");
            assertThat(removedAt(now.get())).isEmpty();
            reopen();
        }
        assertThat(engine.stored(S).orElseThrow().devices()).hasSize(2);
        apply(confirm("phone", 2));
        reopen();
        assertThat(engine.info(S).givenUp()).isEmpty();
        assertThat(engine.waiting()).isZero();
        assertThat(finalState("a")).isNull();
        apply(confirm("phone", 3));
        expireAll(afterWindow());
        assertThat(ids(all(S))).isEmpty();
    }

    @Test
    void the_confirmations_of_a_device_that_had_passed_it_do_not_confirm_it() {
        append(message("a"), message("b"), message("c"));
        apply(seen("phone", 0), giveUp("till", 1), confirm("till", 2), seen("new", 2), confirm("new", 3));
        assertThat(engine.info(S).givenUp()).containsExactly(1L);
        apply(giveUp("till", 1), giveUp("new", 2));
        assertThat(engine.info(S).givenUp()).as("passed already").containsExactly(1L);
        apply(confirm("phone", 1), giveUp("till", 1));
        assertThat(engine.info(S).givenUp())
                .as("a repetition, after another confirmed it")
                .isEmpty();
    }

    @Test
    void what_the_last_device_gives_up_is_dead_once() {
        append(message("a"), message("b"));
        apply(seen("phone", 0), giveUp("till", 1), confirm("till", 2));
        assertThat(removedAt(now.get())).isEmpty();
        apply(giveUp("phone", 1));
        assertThat(removedAt(now.get())).containsExactly(new Removed(S, 1, "a", FinalState.DEAD));
        assertThat(removedAt(now.get() + 1)).isEmpty();
        reopen();
        assertThat(finalState("a")).isEqualTo(FinalState.DEAD);
        assertThat(engine.info(S).givenUp()).isEmpty();
        assertThat(engine.info(S).lostUpTo()).as("a hole, not a loss").isZero();
        assertThat(engine.waiting()).isZero();
        assertThat(ids(all(S))).containsExactly("b");
    }

    @Test
    void what_was_given_up_is_dead_when_its_last_device_is_forgotten_or_stays_away() {
        append(message("a"), message("b"), of("#bob", "a"));
        apply(seen("phone", 0), giveUp("till", 1), confirm("till", 2));
        expireAll(afterWindow());
        apply(new Change.ForgetDevice(S, "phone"));
        assertThat(removedAt(now.get())).containsExactly(new Removed(S, 1, "a", FinalState.DEAD));

        append(message("c"));
        apply(seen("phone", 0), giveUp("till", 3));
        assertThat(removedAt(afterWindow())).isEmpty();
        reopen();
        now.addAndGet(6 * DAY);
        apply(new Change.MoveCursor(S, "phone", 0, now.get(), false));
        assertThat(removedAt(now.get() + 2 * DAY)).as("it was here meanwhile").isEmpty();
        assertThat(removedAt(now.get() + 8 * DAY)).containsExactly(new Removed(S, 3, "c", FinalState.DEAD));
    }

    @Test
    void of_more_than_1000_that_were_given_up_the_oldest_are_dead() {
        int stored = StreamStatus.MAX_GIVEN_UP + 2;
        Retention wider = new Retention(stored, 1 << 20, Retention.Overflow.DROP_OLDEST);
        List<Append> messages = new ArrayList<>();
        List<Change> changes = new ArrayList<>(List.of(seen("phone", 0)));
        for (int i = 1; i <= stored; i++) {
            messages.add(kept("m" + i, wider));
            changes.add(giveUp("till", i));
        }
        append(messages.toArray(Append[]::new));
        apply(changes.toArray(Change[]::new));
        assertThat(removedAt(now.get()))
                .containsExactly(new Removed(S, 1, "m1", FinalState.DEAD), new Removed(S, 2, "m2", FinalState.DEAD));
        assertThat(removedAt(now.get())).isEmpty();
        assertThat(engine.info(S).givenUp()).hasSize(StreamStatus.MAX_GIVEN_UP).startsWith(3L);
    }

    @Test
    void with_any_device_what_was_given_up_waits_for_the_others_too() {
        outboxes = new OutboxRetention(
                outboxes.recoveryWindow(), outboxes.deviceRetention(), OutboxRetention.DeliverTo.ANY_DEVICE);
        reopen();
        append(message("a"), message("b"));
        apply(seen("phone", 0), giveUp("till", 1), confirm("till", 2));
        expireAll(afterWindow());
        assertThat(ids(all(S))).containsExactly("a", "b");
        now.set(afterWindow());
        apply(confirm("phone", 1));
        expireAll(afterWindow());
        assertThat(ids(all(S))).isEmpty();
    }

    @Test
    void what_was_given_up_and_expires_is_dropped_or_discarded_ends_as_that() {
        append(expiring("a", 1000), message("b"), message("c"), message("d"));
        apply(seen("phone", 0), giveUp("till", 1), giveUp("till", 2), giveUp("till", 3), confirm("till", 4));
        assertThat(engine.waiting()).isEqualTo(3);
        assertThat(removedAt(now.get() + 1000)).containsExactly(new Removed(S, 1, "a", FinalState.EXPIRED));
        Retention three = new Retention(3, 1 << 20, Retention.Overflow.DROP_OLDEST);
        assertThat(((Stored) append(kept("e", three)).get(0)).dropped())
                .containsExactly(new Removed(S, 2, "b", FinalState.DROPPED));
        apply(new Change.Settle(S, 3, FinalState.DEAD, now.get()));
        reopen();
        assertThat(List.of(finalState("a"), finalState("b"), finalState("c")))
                .containsExactly(FinalState.EXPIRED, FinalState.DROPPED, FinalState.DEAD);
        assertThat(engine.info(S).givenUp()).isEmpty();
        assertThat(engine.waiting()).isEqualTo(1);
        apply(new Change.ForgetDevice(S, "phone"));
        expireAll(now.get() + 1001);
        assertThat(finalState("b")).isEqualTo(FinalState.DROPPED);
    }

    @Test
    void what_was_given_up_and_has_expired_at_the_same_look_is_expired() {
        append(expiring("a", 1000));
        apply(giveUp("till", 1));
        now.addAndGet(2000);
        assertThat(removedAt(now.get())).containsExactly(new Removed(S, 1, "a", FinalState.EXPIRED));
        assertThat(removedAt(now.get() + 1)).isEmpty();
    }

    @Test
    void a_device_that_the_engine_does_not_know_yet_may_want_what_was_given_up() {
        append(message("a"));
        apply(giveUp("till", 1));
        StreamEngine.Holding here = new StreamEngine.Holding() {
            @Override
            public long handedUpTo(String stream) {
                return Long.MAX_VALUE;
            }

            @Override
            public boolean wanted(String stream, long offset) {
                return stream.equals(S) && offset == 1;
            }
        };
        assertThat(await(engine.expire(now.get(), 100, here)).removed()).isEmpty();
        assertThat(removedAt(now.get() + 1000)).containsExactly(new Removed(S, 1, "a", FinalState.DEAD));
    }

    @Test
    void what_no_device_has_confirmed_waits() {
        append(message("a"), message("b"), message("cc"));
        assertThat(engine.info(S).waiting()).isEqualTo(3);
        apply(confirm("d", 1));
        for (int round = 0; round < 2; round++) {
            assertThat(engine.info(S).waiting()).isEqualTo(2);
            assertThat(engine.info(S).waitingBytes()).isEqualTo(size("b") + size("cc"));
            assertThat(engine.info(S).messages()).isEqualTo(3);
            reopen();
        }
        apply(new Change.Settle(S, 2, FinalState.DEAD, now.get()));
        assertThat(engine.info(S).waiting()).isEqualTo(1);
        expireAll(afterWindow());
        assertThat(engine.info(S).waiting()).isEqualTo(1);
    }

    @Test
    void settled_messages_are_removed_for_newer_ones_and_not_counted_as_dropped() {
        Retention two = new Retention(2, 1000, Retention.Overflow.DROP_OLDEST);
        append(kept("a", two), kept("b", two));
        apply(confirm("d", 1));
        assertThat(((Stored) append(kept("c", two)).get(0)).dropped()).isEmpty();
        assertThat(ids(all(S))).containsExactly("b", "c");
        assertThat(engine.message(S, "a").orElseThrow().finalState()).isNull();
        assertThat(page(start(), 10).continuity()).isEqualTo(Continuity.LOST);
        assertThat(page(position(1), 10).continuity()).isEqualTo(Continuity.CONTINUOUS);
    }

    @Test
    void a_full_stream_that_rejects_counts_only_what_is_not_settled() {
        Retention two = new Retention(2, 1000, Retention.Overflow.REJECT);
        append(kept("a", two), kept("b", two));
        apply(new Change.MoveCursor(S, "away", 0, now.get(), false), confirm("here", 1));
        assertThat(append(kept("c", two)).get(0)).as("kept for a device").isInstanceOf(Refused.class);
        apply(confirm("away", 1));
        assertThat(offsets(append(kept("c", two)))).containsExactly(3L);
        assertThat(append(kept("d", two)).get(0)).isInstanceOf(Refused.class);
        assertThat(ids(all(S))).containsExactly("b", "c");
    }

    @Test
    void removing_everything_keeps_the_offsets_also_over_a_restart() {
        append(message("a"), message("b"));
        String epoch = engine.info(S).top().epoch();
        apply(removal(S, 2));
        assertThat(engine.info(S).firstOffset()).isEqualTo(3);
        reopen();
        assertThat(engine.info(S).top()).isEqualTo(new Position(epoch, 2));
        assertThat(engine.info(S).firstOffset()).isEqualTo(3);
        assertThat(offsets(append(message("c")))).containsExactly(3L);
        reopen();
        assertThat(ids(all(S))).containsExactly("c");
    }

    @Test
    void discarding_everything_is_a_loss_also_over_a_restart() {
        append(message("a"), message("b"), message("c"));
        apply(confirm("d", 1), new Change.Discard(S, 2, now.get()));
        for (int round = 0; round < 2; round++) {
            StreamStatus info = engine.info(S);
            assertThat(info.lostUpTo()).isEqualTo(2);
            assertThat(info.firstOffset()).isEqualTo(3);
            assertThat(ids(all(S))).containsExactly("c");
            assertThat(engine.message(S, "b").orElseThrow().finalState()).isEqualTo(FinalState.DROPPED);
            assertThat(engine.message(S, "a").orElseThrow().finalState()).isNull();
            assertThat(engine.read(S, new Position(info.top().epoch(), 1), 10, 1 << 20)
                            .continuity())
                    .isEqualTo(Page.Continuity.LOST);
            reopen();
        }
    }

    @Test
    void a_removal_above_the_top_and_of_an_unknown_stream_does_no_harm() {
        append(message("a"));
        apply(removal(S, 99), removal("nobody", 5));
        assertThat(offsets(append(message("b")))).containsExactly(2L);
        assertThat(engine.info("nobody").top().offset()).isZero();
    }

    @Test
    void settle_leaves_a_hole_and_records_why() {
        append(message("a"), message("b"), message("c"));
        apply(new Change.Settle(S, 2, FinalState.DEAD, now.get() + 7));
        assertThat(offsetsOf(all(S))).containsExactly(1L, 3L);
        assertThat(engine.info(S).messages()).isEqualTo(2);
        MessageRecord record = engine.message(S, "b").orElseThrow();
        assertThat(record.finalState()).isEqualTo(FinalState.DEAD);
        assertThat(record.finalAtMillis()).isEqualTo(now.get() + 7);
        assertThat(page(position(1), 10).continuity()).isEqualTo(Continuity.CONTINUOUS);
        apply(new Change.Settle(S, 2, FinalState.EXPIRED, now.get() + 9), new Change.Settle(S, 77, FinalState.DEAD, 1));
        assertThat(engine.message(S, "b").orElseThrow()).isEqualTo(record);
    }

    @Test
    void settling_the_oldest_moves_the_first_past_the_hole() {
        append(message("a"), message("b"), message("c"));
        apply(new Change.Settle(S, 2, FinalState.DEAD, 1), new Change.Settle(S, 1, FinalState.DEAD, 1));
        assertThat(engine.info(S).firstOffset()).isEqualTo(3);
    }

    @Test
    void expiry_takes_out_what_has_run_out_and_only_that() {
        append(expiring("a", 1000), message("b"), expiring("c", 500), expiring("d", 5000));
        StreamEngine.Expired none = await(expire(now.get() + 499, 100));
        assertThat(none.removed()).isEmpty();
        assertThat(none.exhausted()).isTrue();
        StreamEngine.Expired expired = await(expire(now.get() + 1000, 100));
        assertThat(expired.removed())
                .containsExactly(
                        new Removed(S, 3, "c", FinalState.EXPIRED), new Removed(S, 1, "a", FinalState.EXPIRED));
        assertThat(ids(all(S))).containsExactly("b", "d");
        assertThat(engine.info(S).lostUpTo()).isZero();
        assertThat(engine.message(S, "a").orElseThrow().finalState()).isEqualTo(FinalState.EXPIRED);
        assertThat(engine.message(S, "b").orElseThrow().finalState()).isNull();
    }

    @Test
    void what_was_confirmed_does_not_expire_again() {
        append(expiring("a", 1000), expiring("b", 1000));
        apply(confirm("d", 1));
        assertThat(await(expire(now.get() + 1000, 100)).removed())
                .containsExactly(new Removed(S, 2, "b", FinalState.EXPIRED));
        assertThat(engine.message(S, "a").orElseThrow().finalState()).isNull();
        assertThat(engine.info(S).messages()).isZero();
    }

    @Test
    void expiry_continues_where_its_limit_stopped_it() {
        append(expiring("a", 1), expiring("b", 2), expiring("c", 3));
        StreamEngine.Expired first = await(expire(now.get() + 10, 2));
        assertThat(first.exhausted()).isFalse();
        assertThat(first.removed()).extracting(Removed::id).containsExactly("a", "b");
        assertThat(await(expire(now.get() + 10, 2)).removed())
                .extracting(Removed::id)
                .containsExactly("c");
    }

    @Test
    void what_comes_already_expired_is_found_after_later_ones_were() {
        append(expiring("a", 1000));
        await(expire(now.get() + 2000, 100));
        append(expiring("b", -5000));
        assertThat(await(expire(now.get() + 2000, 100)).removed())
                .extracting(Removed::id)
                .containsExactly("b");
    }

    @Test
    void final_states_are_forgotten_an_hour_after_the_end() {
        append(expiring("a", 1000), expiring("b", 1000));
        apply(confirm("d", 1), removal(S, 1));
        long end = now.get() + 1000;
        expireAll(end);
        expireAll(end + HOUR - 1);
        assertThat(engine.message(S, "a")).isPresent();
        assertThat(engine.message(S, "b").orElseThrow().finalState()).isEqualTo(FinalState.EXPIRED);
        expireAll(end + HOUR);
        assertThat(engine.message(S, "a")).isEmpty();
        assertThat(engine.message(S, "b")).isEmpty();
    }

    @Test
    void the_record_of_a_retained_message_is_not_forgotten() {
        append(message("a"));
        for (int hour = 1; hour < 6; hour++) {
            expireAll(now.get() + hour * HOUR);
        }
        assertThat(engine.message(S, "a")).isPresent();
        apply(removal(S, 1));
        expireAll(now.get() + 7 * HOUR);
        assertThat(engine.message(S, "a")).isEmpty();
    }

    @Test
    void a_late_final_state_is_kept_its_hour() {
        append(message("a"));
        apply(new Change.Settle(S, 1, FinalState.DEAD, now.get() + 50 * 60_000));
        expireAll(now.get() + HOUR);
        assertThat(engine.message(S, "a").orElseThrow().finalState()).isEqualTo(FinalState.DEAD);
        expireAll(now.get() + 50 * 60_000 + HOUR);
        assertThat(engine.message(S, "a")).isEmpty();
    }

    @Test
    void an_id_that_was_stored_again_survives_the_forgetting_of_the_old_one() {
        append(expiring("a", 1000));
        now.addAndGet(400_000);
        append(new Append(S, "a", bytes("{}"), Map.of(), now.get(), Publication.NEVER, now.get() - 300_000, WIDE));
        expireAll(now.get());
        assertThat(offsetsOf(all(S))).containsExactly(2L);
        assertThat(engine.message(S, "a").orElseThrow().finalState()).isNull();
        expireAll(now.get() + 2 * HOUR);
        assertThat(engine.message(S, "a").orElseThrow().position().offset()).isEqualTo(2);
    }

    @Test
    void an_unused_empty_stream_is_forgotten_after_30_days_and_gets_a_new_epoch() {
        append(expiring("a", 1000));
        apply(confirm("d", 1), removal(S, 1));
        String epoch = engine.info(S).top().epoch();
        now.addAndGet(30 * DAY - 1);
        expireAll(now.get());
        assertThat(engine.info(S).top()).isEqualTo(new Position(epoch, 1));
        now.addAndGet(DAY);
        expireAll(now.get());
        StreamStatus begun = engine.info(S);
        assertThat(begun.top().offset()).isZero();
        assertThat(begun.top().epoch()).isNotEqualTo(epoch);
        assertThat(engine.devices(S)).isEmpty();
        assertThat(offsets(append(message("b")))).containsExactly(1L);
        reopen();
        assertThat(engine.info(S).top().epoch()).isEqualTo(begun.top().epoch());
        assertThat(ids(all(S))).containsExactly("b");
    }

    @Test
    void a_stream_in_use_is_not_forgotten() {
        append(message("a"), of("#bob", "b"));
        apply(removal("#bob", 1));
        now.addAndGet(29 * DAY);
        apply(new Change.MoveCursor("#bob", "d", 1, now.get(), false));
        String epoch = engine.info("#bob").top().epoch();
        now.addAndGet(5 * DAY);
        expireAll(now.get());
        assertThat(ids(all(S))).containsExactly("a");
        assertThat(engine.info("#bob").top()).isEqualTo(new Position(epoch, 1));
    }

    // --- devices

    @Test
    void a_cursor_is_created_moves_forward_and_never_back() {
        append(message("a"), message("b"), message("c"));
        apply(new Change.MoveCursor(S, "tab", 1, 100, false));
        assertThat(engine.devices(S)).containsExactly(new DeviceCursor("tab", 1, 100));
        assertThat(engine.info(S).confirmedUpTo()).isZero();
        apply(new Change.MoveCursor(S, "tab", 3, 200, true));
        assertThat(engine.info(S).confirmedUpTo()).isEqualTo(3);
        apply(new Change.MoveCursor(S, "tab", 2, 300, true));
        assertThat(engine.devices(S)).containsExactly(new DeviceCursor("tab", 3, 300));
    }

    @Test
    void devices_are_kept_apart_and_over_a_restart() {
        append(message("a"), message("b"));
        apply(confirm("x", 1), confirm("y", 2), new Change.MoveCursor("#bob", "x", 0, 9, false));
        reopen();
        assertThat(engine.devices(S))
                .containsExactlyInAnyOrder(new DeviceCursor("x", 1, now.get()), new DeviceCursor("y", 2, now.get()));
        assertThat(engine.devices("#bob")).containsExactly(new DeviceCursor("x", 0, 9));
        assertThat(engine.info(S).confirmedUpTo()).isEqualTo(2);
    }

    @Test
    void a_forgotten_device_leaves_what_it_confirmed() {
        append(message("a"));
        apply(confirm("x", 1));
        apply(new Change.ForgetDevice(S, "x"), new Change.ForgetDevice(S, "never"));
        assertThat(engine.devices(S)).isEmpty();
        assertThat(engine.info(S).confirmedUpTo()).isEqualTo(1);
        reopen();
        assertThat(engine.devices(S)).isEmpty();
    }

    @Test
    void a_device_is_forgotten_only_if_it_was_not_seen_since() {
        apply(new Change.MoveCursor(S, "x", 0, 100, false));
        apply(new Change.ForgetDevice(S, "x", 99));
        assertThat(engine.devices(S)).hasSize(1);
        apply(new Change.ForgetDevice(S, "x", 100));
        assertThat(engine.devices(S)).isEmpty();
    }

    // --- claims

    private Change confirm(String device, long offset, long fence) {
        return new Change.MoveCursor(S, device, offset, now.get(), true, new Claim(fence, true));
    }

    private long cursor(String device) {
        return engine.devices(S).stream()
                .filter(each -> each.device().equals(device))
                .mapToLong(DeviceCursor::offset)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void opening_tells_the_state_and_the_devices() {
        append(message("a"), message("b"));
        apply(confirm("x", 1), confirm("y", 2));
        Opened opened = engine.open(S, null);
        assertThat(opened.info()).isEqualTo(engine.info(S));
        assertThat(opened.devices()).containsExactlyInAnyOrderElementsOf(engine.devices(S));
        assertThat(opened.fence()).isZero();
        assertThat(opened.known()).isFalse();
        assertThat(engine.open(S, "x").known()).isTrue();
        assertThat(engine.open(S, "z").known()).isFalse();
        assertThat(engine.open("#new", "x").info()).isEqualTo(engine.info("#new"));
    }

    @Test
    void what_an_earlier_claim_changes_is_refused_and_said() {
        append(message("a"), message("b"), message("c"));
        long first = engine.open(S, "x").fence();
        assertThat(apply(confirm("x", 1, first)).refused()).isEmpty();
        long second = engine.open(S, "x").fence();
        assertThat(second).isGreaterThan(first);

        Applied applied = apply(
                confirm("x", 2, first),
                new Change.GiveUp(S, "x", 3, now.get(), new Claim(first, true)),
                confirm("other", 1),
                new Change.MoveCursor("#bob", "x", 0, now.get(), false, new Claim(1, true)));

        Applied.Refused refused = new Applied.Refused(S, "x", first);
        assertThat(applied.refused()).containsExactly(refused, refused);
        assertThat(applied.confirmed()).isEmpty();
        assertThat(cursor("x")).isEqualTo(1);
        assertThat(cursor("other")).isEqualTo(1);
        assertThat(engine.devices("#bob")).hasSize(1);
        assertThat(engine.info(S).givenUp()).isEmpty();
        assertThat(apply(confirm("x", 2, second)).refused()).isEmpty();
        assertThat(cursor("x")).isEqualTo(2);
    }

    @Test
    void what_nobody_claims_is_not_refused() {
        append(message("a"), message("b"));
        engine.open(S, "x");
        assertThat(apply(confirm("x", 2)).refused()).isEmpty();
        assertThat(cursor("x")).isEqualTo(2);
    }

    @Test
    void a_claimed_device_keeps_its_cursor_and_a_new_one_starts_at_what_is_confirmed() {
        append(message("a"), message("b"), message("c"));
        apply(confirm("x", 2));
        now.addAndGet(1_000);
        engine.open(S, "x");
        long fence = engine.open(S, "y").fence();
        apply(new Change.MoveCursor(S, "y", 2, now.get(), false, new Claim(fence, true)));
        assertThat(cursor("x")).isEqualTo(2);
        assertThat(cursor("y")).isEqualTo(2);
        reopen();
        assertThat(cursor("x")).isEqualTo(2);
        assertThat(cursor("y")).isEqualTo(2);
        assertThat(engine.open(S, "y").known()).isTrue();
    }

    @Test
    void what_is_confirmed_is_told_once_whoever_confirms_it() {
        append(message("a"), message("b"), message("c"), message("d"));
        apply(new Change.Settle(S, 2, FinalState.EXPIRED, now.get()));
        Applied both = apply(confirm("x", 3), confirm("y", 2));
        assertThat(offsets(both)).containsExactly(1L, 3L);
        assertThat(offsets(apply(confirm("y", 3)))).isEmpty();
        assertThat(offsets(apply(confirm("y", 4), confirm("x", 4)))).containsExactly(4L);
    }

    @Test
    void what_was_given_up_is_told_when_another_device_confirms_it() {
        append(message("a"), message("b"));
        apply(new Change.MoveCursor(S, "y", 0, now.get(), false), new Change.GiveUp(S, "x", 1, now.get()));
        assertThat(offsets(apply(confirm("x", 2)))).containsExactly(2L);
        assertThat(offsets(apply(confirm("y", 2)))).containsExactly(1L);
    }

    @Test
    void what_a_change_removes_unconfirmed_is_told_once() {
        append(message("a"), message("b"), message("c"));
        apply(confirm("x", 1));
        Change settled = new Change.Settle(S, 2, FinalState.EXPIRED, now.get());
        assertThat(apply(new Change.Settle(S, 1, FinalState.EXPIRED, now.get()), settled, settled)
                        .removed())
                .containsExactly(new Removed(S, 2, "b", FinalState.EXPIRED));
        assertThat(apply(removal(S, 3)).removed()).containsExactly(new Removed(S, 3, "c", FinalState.DROPPED));
    }

    private static List<Long> offsets(Applied applied) {
        return applied.confirmed().stream()
                .flatMapToLong(each -> LongStream.of(each.offsets()))
                .sorted()
                .boxed()
                .toList();
    }

    // --- the store

    @Test
    void everything_is_there_after_a_restart() {
        append(message("a"), expiring("b", 1000), message("c"));
        apply(new Change.Settle(S, 1, FinalState.DEAD, 5), confirm("d", 2));
        StreamStatus before = engine.info(S);
        Page page = all(S);
        reopen();
        assertThat(engine.info(S)).isEqualTo(before);
        assertThat(ids(all(S))).isEqualTo(ids(page));
        assertThat(await(expire(now.get() + 1000, 10)).removed()).isEmpty();
        assertThat(ids(all(S))).containsExactly("c");
        assertThat(append(message("c")).get(0)).isInstanceOf(Duplicate.class);
    }

    @Test
    void an_unwritten_stream_keeps_its_epoch_over_a_restart() {
        Position begun = engine.info("nobody").top();
        append(message("a"));
        reopen();
        assertThat(engine.info("nobody").top()).isEqualTo(begun);
    }

    @Test
    void the_newest_time_is_known_also_after_a_restart() {
        assertThat(engine.newestMillis()).isZero();
        append(message("a"));
        assertThat(engine.newestMillis()).isEqualTo(now.get());
        apply(new Change.MoveCursor(S, "d", 0, now.get() + 5, false));
        reopen();
        assertThat(engine.newestMillis()).isEqualTo(now.get() + 5);
    }

    @Test
    void a_closed_engine_refuses() {
        append(message("a"));
        engine.close();
        engine.close();
        assertThatThrownBy(() -> append(message("b")))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(EngineException.Reason.CLOSED));
        assertThatThrownBy(() -> all(S)).isInstanceOf(EngineException.class);
    }

    @Test
    void a_reader_that_follows_the_writer_skips_nothing() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        List<Long> seen = new ArrayList<>();
        Thread reader = new Thread(() -> {
            Position at = start();
            while (true) {
                boolean last = done.get();
                Page page = engine.read(S, at, 7, 1000);
                assertThat(page.continuity()).isEqualTo(Continuity.CONTINUOUS);
                for (Publication publication : page.publications()) {
                    seen.add(publication.offset());
                    at = new Position(page.info().top().epoch(), publication.offset());
                }
                if (!page.more()) {
                    assertThat(at.offset()).isEqualTo(page.info().top().offset());
                    if (last) {
                        return;
                    }
                }
            }
        });
        List<Throwable> failures = new ArrayList<>();
        reader.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
        reader.start();
        for (int i = 0; i < 300; i++) {
            append(message("a" + i), message("b" + i), message("c" + i));
        }
        done.set(true);
        reader.join(10_000);
        assertThat(failures).isEmpty();
        assertThat(seen).hasSize(900).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void a_reader_is_told_of_every_loss_while_the_writer_drops() throws Exception {
        Retention few = new Retention(5, 10_000, Retention.Overflow.DROP_OLDEST);
        AtomicBoolean done = new AtomicBoolean();
        List<Throwable> failures = new ArrayList<>();
        Thread reader = new Thread(() -> {
            Position at = new Position("", 0);
            while (!done.get()) {
                Page page = engine.read(S, at, 3, 1000);
                for (Publication publication : page.publications()) {
                    if (publication.offset() != at.offset() + 1) {
                        assertThat(page.continuity()).isEqualTo(Continuity.LOST);
                    }
                    at = new Position(page.info().top().epoch(), publication.offset());
                }
            }
        });
        reader.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
        reader.start();
        for (int i = 0; i < 1500 && failures.isEmpty(); i++) {
            append(kept("a" + i, few), kept("b" + i, few));
        }
        done.set(true);
        reader.join(10_000);
        assertThat(failures).isEmpty();
    }

    @Test
    void behaves_like_the_model_whatever_comes() {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("StreamEngineContract: -Dholdfast.seed=" + seed);
        outboxes = StreamEngineScript.OUTBOXES;
        reopen();
        StreamEngineScript script = new StreamEngineScript(seed, this);
        script.run(400);
        for (int more = 0; more < 20 && script.rarest() == 0; more++) { // few seeds need more
            script.run(100);
        }
        assertThat(script.rarest())
                .as("streams forgotten, given up and wanted by others, dead")
                .isPositive();
    }

    // --- words

    private static Position start() {
        return new Position("", 0);
    }

    // --- the streams as a whole

    @Test
    void stored_streams_are_listed_by_name_in_pages_and_unwritten_ones_are_not() {
        append(of("b", "1"), of("ö", "1"), of("a", "1"), of("ab", "1"));
        apply(new Change.MoveCursor("#z", "till", 0, now.get(), false));
        engine.info("asked-for-only");

        assertThat(names(engine.streams("", 10))).containsExactly("#z", "a", "ab", "b", "ö");
        assertThat(names(engine.streams("", 2))).containsExactly("#z", "a");
        assertThat(names(engine.streams("a", 2))).containsExactly("ab", "b");
        assertThat(names(engine.streams("aa", 9))).containsExactly("ab", "b", "ö");
        assertThat(engine.streams("ö", 9)).isEmpty();
        reopen();
        assertThat(names(engine.streams("", 10))).hasSize(5);
    }

    @Test
    void a_stored_stream_tells_whether_it_is_empty_its_devices_and_when_it_was_used() {
        append(message("a"));
        now.addAndGet(HOUR);
        apply(new Change.MoveCursor(S, "till", 0, now.get() - 5, false));
        assertThat(engine.stored(S)).hasValueSatisfying(stream -> {
            assertThat(stream.empty()).isFalse();
            assertThat(stream.devices()).containsExactly(new DeviceCursor("till", 0, now.get() - 5));
            assertThat(stream.lastUseMillis()).isEqualTo(now.get() - 5);
        });
        now.addAndGet(HOUR);
        apply(removal(S, 1));
        assertThat(engine.stored(S)).hasValueSatisfying(stream -> {
            assertThat(stream.empty()).isTrue();
            assertThat(stream.usedAtMillis()).isEqualTo(now.get());
        });
        assertThat(engine.stored("unknown")).isEmpty();
    }

    @Test
    void a_forgotten_stream_is_gone_with_its_devices_and_begins_with_another_epoch() {
        append(message("a"));
        apply(confirm("till", 1), removal(S, 1));
        Position before = engine.info(S).top();

        apply(forgotten(now.get()));

        assertThat(engine.stored(S)).isEmpty();
        assertThat(engine.devices(S)).isEmpty();
        assertThat(engine.info(S).top().offset()).isZero();
        assertThat(engine.info(S).top().epoch()).isNotEqualTo(before.epoch());
        Stored stored = (Stored) append(message("b")).get(0);
        assertThat(stored.position().offset()).isEqualTo(1);
        assertThat(page(before, 10).continuity()).isEqualTo(Continuity.EPOCH_CHANGED);
        assertThat(ids(all(S))).containsExactly("b");
    }

    @Test
    void a_stream_that_retains_something_or_was_used_since_is_not_forgotten() {
        append(message("a"));
        apply(forgotten(now.get() + DAY));
        assertThat(engine.stored(S)).as("it retains a message").isPresent();

        apply(removal(S, 1));
        apply(forgotten(now.get() - 1));
        assertThat(engine.stored(S)).as("used since").isPresent();

        long unused = now.get();
        now.addAndGet(HOUR);
        apply(new Change.MoveCursor(S, "till", 1, now.get(), false));
        apply(forgotten(unused));
        assertThat(engine.stored(S)).as("a device was seen since").isPresent();

        apply(forgotten(now.get()), new Change.MoveCursor(S, "till", 1, now.get() + 1, false));
        assertThat(engine.devices(S)).as("seen in the same call").hasSize(1);
        apply(forgotten(now.get() + 1));
        assertThat(engine.stored(S)).isEmpty();
        apply(forgotten(now.get() + 1));
        assertThat(engine.stored(S)).as("a second time nothing happens").isEmpty();
    }

    @Test
    void what_only_the_caller_knows_is_asked_last_and_can_keep_a_stream() {
        append(message("a"));
        List<String> asked = new ArrayList<>();
        apply(new Change.ForgetStream(S, now.get(), () -> asked.add("while it retains a message")));
        apply(confirm("till", 1), removal(S, 1));
        Position before = engine.info(S).top();

        apply(new Change.ForgetStream(S, now.get(), () -> !asked.add("when it is empty")));

        assertThat(asked).containsExactly("when it is empty");
        assertThat(engine.stored(S)).isPresent();
        assertThat(engine.info(S).top()).isEqualTo(before);
        assertThat(engine.devices(S)).hasSize(1);
    }

    // --- windows, reverse reading, what waits

    @Test
    void an_id_is_known_for_a_window_of_seven_days_over_restarts() {
        long window = 7 * DAY;
        long published = now.get();
        append(new Append(S, "a", bytes("{}"), Map.of(), published, published + HOUR, published - window, WIDE));
        reopen(); // before anything decides when the id is forgotten
        now.addAndGet(2 * HOUR);
        expireAll(now.get());
        for (int day = 1; day <= 6; day++) {
            reopen();
            now.set(published + day * DAY);
            expireAll(now.get());
        }
        now.set(published + window);
        expireAll(now.get());
        Append again = new Append(S, "a", bytes("{}"), Map.of(), now.get(), Publication.NEVER, published, WIDE);
        assertThat(append(again)).singleElement().isInstanceOf(Duplicate.class);

        now.addAndGet(DAY);
        expireAll(now.get());
        assertThat(engine.message(S, "a")).as("and forgotten afterwards").isEmpty();
    }

    @Test
    void reading_backwards_gives_the_newest_first_over_holes_and_within_its_bounds() {
        for (int i = 1; i <= 9; i++) {
            append(message("m" + i));
        }
        apply(new Change.Settle(S, 8, FinalState.DEAD, now.get()), new Change.Settle(S, 5, FinalState.DEAD, now.get()));
        assertThat(backwards(100, 100)).containsExactly(9L, 7L, 6L, 4L, 3L, 2L, 1L);
        assertThat(backwards(8, 2)).containsExactly(7L, 6L);
        assertThat(backwards(2, 9)).containsExactly(1L);
        assertThat(backwards(1, 9)).isEmpty();
        assertThat(backwards(0, 9)).isEmpty();
        assertThat(engine.readBackwards(S, 100, 9, 1))
                .as("one is always within")
                .hasSize(1);
        assertThat(engine.readBackwards("#nobody", 100, 9, 1)).isEmpty();
    }

    @Test
    void reading_backwards_finds_what_lies_beyond_a_large_hole() {
        List<Append> many = new ArrayList<>();
        List<Change> holes = new ArrayList<>();
        Retention large = new Retention(10_000, 8 << 20, Retention.Overflow.DROP_OLDEST);
        for (int i = 1; i <= 3_000; i++) {
            many.add(kept("m" + i, large));
            if (i > 1_000 && i < 2_998) {
                holes.add(new Change.Settle(S, i, FinalState.DEAD, now.get()));
            }
        }
        append(many.toArray(Append[]::new));
        apply(holes.toArray(Change[]::new));
        for (int restarts = 0; restarts < 2; restarts++) {
            assertThat(backwards(4_000, 5)).containsExactly(3_000L, 2_999L, 2_998L, 1_000L, 999L);
            assertThat(backwards(2_998, 2)).containsExactly(1_000L, 999L);
            assertThat(backwards(4_000, 2_000)).hasSize(1_003).endsWith(2L, 1L);
            reopen();
        }
    }

    private List<Long> backwards(long before, int max) {
        return engine.readBackwards(S, before, max, 1 << 20).stream()
                .map(Publication::offset)
                .toList();
    }

    @Test
    void waiting_messages_are_counted_for_every_client_and_over_restarts() {
        append(message("a"), message("b"), expiring("c", 10), message("d"), of("news", "x"), of("#bob", "y"));
        assertThat(engine.waiting()).isEqualTo(5);
        append(message("a"));
        reopen();
        assertThat(engine.waiting()).as("a duplicate does not count").isEqualTo(5);
        apply(confirm("till", 1));
        assertThat(engine.waiting()).as("confirmed, not trimmed yet").isEqualTo(4);
        apply(confirm("till", 1), new Change.Settle(S, 2, FinalState.DEAD, now.get()));
        assertThat(engine.waiting()).isEqualTo(3);
        expireAll(now.get() + 11);
        assertThat(engine.waiting()).isEqualTo(2);
        append(kept("e", new Retention(1, 1 << 20, Retention.Overflow.DROP_OLDEST)));
        assertThat(engine.waiting()).as("one gave way").isEqualTo(2);
        apply(confirm("till", 100), new Change.Discard("#bob", 9, now.get()));
        reopen();
        assertThat(engine.waiting()).isZero();
    }

    @Test
    void channels_are_counted_without_outboxes_and_our_own_until_they_are_forgotten() {
        append(
                of("news", "a"),
                of("news", "b"),
                of("!", "c"),
                of("\u00e4:1", "d"),
                of("#bob", "e"),
                of("\0probes", "f"));
        apply(new Change.MoveCursor("#amy", "till", 0, now.get(), false));
        engine.info("read only");
        for (int restarts = 0; restarts < 2; restarts++) {
            assertThat(engine.channels()).isEqualTo(3);
            reopen();
        }
        apply(removal("news", 2), removal("!", 1), removal("#bob", 1));
        assertThat(engine.channels()).as("empty, not forgotten").isEqualTo(3);
        apply(
                new Change.ForgetStream("news", now.get(), () -> true),
                new Change.ForgetStream("news", now.get(), () -> true),
                new Change.ForgetStream("nothing", now.get(), () -> true),
                new Change.ForgetStream("#bob", now.get(), () -> true));
        for (int restarts = 0; restarts < 2; restarts++) {
            assertThat(engine.channels()).isEqualTo(2);
            reopen();
        }
        append(of("news", "g"));
        assertThat(engine.channels()).as("begun again").isEqualTo(3);
        now.addAndGet(40 * DAY);
        expireAll(now.get());
        assertThat(engine.channels()).as("! was empty for long").isEqualTo(2);
    }

    @Test
    void what_waits_is_what_nobody_has_confirmed_whatever_happened() {
        long seed = 20_261_128L;
        Random random = new Random(seed);
        Retention few = new Retention(5, 1 << 20, Retention.Overflow.DROP_OLDEST);
        for (int step = 0; step < 400; step++) {
            long at = 1 + random.nextInt(200);
            switch (random.nextInt(8)) {
                case 7 -> apply(giveUp("till", at));
                case 0 -> apply(confirm("till", at));
                case 1 -> apply(confirm("phone", at / 2));
                case 2 -> apply(new Change.Settle(S, at, FinalState.DEAD, now.get()));
                case 3 -> expireAll(now.addAndGet(3));
                case 4 -> append(kept("k" + step, few), expiring("x" + step, 4));
                default -> append(message("m" + step), expiring("e" + step, 5));
            }
            if (random.nextInt(40) == 0) {
                reopen();
            }
            StreamStatus info = engine.info(S);
            long above = all(S).publications().stream()
                    .filter(publication -> !info.confirmed(publication.offset()))
                    .count();
            assertThat(engine.waiting()).as("seed %s, step %s", seed, step).isEqualTo(above);
        }
    }

    // --- versions

    @Test
    void a_version_that_is_not_newer_is_not_stored_and_the_newest_position_is_told() {
        assertThat(append(versioned("a", 3, ""), versioned("b", 3, ""), versioned("c", 2, ""), message("d")))
                .containsExactly(stored(1), outdated(1), outdated(1), stored(2));
        assertThat(append(versioned("e", 3, ""), versioned("f", 4, ""), versioned("g", 4, "")))
                .containsExactly(outdated(2), stored(3), outdated(3));
        assertThat(ids(all(S))).containsExactly("a", "d", "f");
        assertThat(append(new Append(
                        "#bob",
                        "x",
                        bytes("1"),
                        Map.of(),
                        now.get(),
                        Publication.NEVER,
                        0,
                        WIDE,
                        null,
                        new Version(1, ""))))
                .hasOnlyElementsOfType(Stored.class);
    }

    @Test
    void versions_count_within_their_epoch_and_without_one_within_that_of_the_last() {
        assertThat(append(versioned("a", 9, "x"), versioned("b", 9, "x"), versioned("c", 8, "")))
                .containsExactly(stored(1), outdated(1), outdated(1));
        assertThat(append(versioned("d", 1, "y"), versioned("e", 1, "y"), versioned("f", 9, "x")))
                .containsExactly(stored(2), outdated(2), stored(3));
        assertThat(append(versioned("g", 10, ""), versioned("h", 2, "x"), versioned("i", 2, "")))
                .as("the last one has no epoch now")
                .containsExactly(stored(4), stored(5), outdated(5));
    }

    @Test
    void the_last_version_outlives_a_restart_and_its_publication_but_not_its_stream() {
        append(versioned("a", 5, "x"));
        apply(removal(S, 1));
        reopen();
        assertThat(append(versioned("b", 5, ""), versioned("c", 4, "x"))).containsExactly(outdated(1), outdated(1));
        now.addAndGet(31 * DAY);
        expireAll(now.get());
        assertThat(engine.stored(S)).isEmpty();
        assertThat(append(versioned("d", 1, "x"))).containsExactly(stored(1));
    }

    @Test
    void a_repetition_by_id_is_a_duplicate_whatever_its_version() {
        append(versioned("a", 5, ""), message("b"));
        assertThat(append(versioned("a", 5, ""), versioned("a", 6, "")))
                .containsExactly(new Duplicate(position(1), false), new Duplicate(position(1), false));
        assertThat(append(versioned("c", 6, "")))
                .as("a duplicate raises nothing")
                .containsExactly(stored(3));
    }

    @Test
    void what_is_refused_leaves_no_version() {
        Retention small = new Retention(1000, 4, Retention.Overflow.DROP_OLDEST);
        byte[] large = bytes("\"too large\"");
        append(message("a"));
        assertThat(append(new Append(
                        S, "b", large, Map.of(), now.get(), Publication.NEVER, 0, small, null, new Version(7, ""))))
                .containsExactly(new Refused());
        assertThat(append(versioned("c", 7, ""))).containsExactly(stored(2));
    }

    private Append versioned(String id, long version, String epoch) {
        return new Append(
                S,
                id,
                bytes("{}"),
                Map.of(),
                now.get(),
                Publication.NEVER,
                now.get() - 300_000,
                WIDE,
                null,
                new Version(version, epoch));
    }

    private AppendOutcome stored(long offset) {
        return new Stored(position(offset), List.of());
    }

    private AppendOutcome outdated(long top) {
        return new Outdated(position(top));
    }

    private static Change forgotten(long unusedSinceMillis) {
        return new Change.ForgetStream(S, unusedSinceMillis, () -> true);
    }

    private static List<String> names(List<StoredStream> streams) {
        return streams.stream().map(StoredStream::name).toList();
    }

    private Position position(long offset) {
        return new Position(engine.info(S).top().epoch(), offset);
    }

    private Page page(Position after, int max) {
        return engine.read(S, after, max, 1 << 20);
    }

    protected final Page all(String stream) {
        return engine.read(stream, start(), Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    protected final Append message(String id) {
        return of(S, id);
    }

    protected final Append of(String stream, String id) {
        return new Append(stream, id, bytes("{}"), Map.of(), now.get(), Publication.NEVER, now.get() - 300_000, WIDE);
    }

    private Append kept(String id, Retention retention) {
        return new Append(S, id, bytes("{}"), Map.of(), now.get(), Publication.NEVER, now.get() - 300_000, retention);
    }

    private Append expiring(String id, long inMillis) {
        return new Append(S, id, bytes("{}"), Map.of(), now.get(), now.get() + inMillis, now.get() - 300_000, WIDE);
    }

    private Change confirm(String device, long offset) {
        return new Change.MoveCursor(S, device, offset, now.get(), true);
    }

    private static int size(String id) {
        return id.length() + 2;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    protected final List<AppendOutcome> append(Append... appends) {
        return await(engine.append(List.of(appends)));
    }

    protected final Applied apply(Change... changes) {
        return await(engine.apply(List.of(changes)));
    }

    /** When the recovery window of what is confirmed now has passed, and the time within which trims are put together. */
    private long afterWindow() {
        return now.get() + WINDOW + WINDOW / 8;
    }

    /** Takes out what lies up to the offset. */
    private Change removal(String stream, long upTo) {
        return new Change.Discard(stream, upTo, now.get());
    }

    protected final CompletionStage<StreamEngine.Expired> expire(long atMillis, int max) {
        return engine.expire(atMillis, max, stream -> Long.MAX_VALUE);
    }

    private void expireAll(long atMillis) {
        while (!await(expire(atMillis, 1000)).exhausted()) {
            // goes on
        }
    }

    private static List<Long> offsets(List<AppendOutcome> outcomes) {
        return outcomes.stream()
                .map(outcome -> ((Stored) outcome).position().offset())
                .toList();
    }

    private static List<Long> offsetsOf(Page page) {
        return page.publications().stream().map(Publication::offset).toList();
    }

    protected static List<String> ids(Page page) {
        return page.publications().stream().map(Publication::id).toList();
    }

    /** Waits, and throws what the stage failed with. */
    public static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof EngineException engineFailure) {
                throw engineFailure;
            }
            throw new AssertionError("not an EngineException", failure.getCause());
        } catch (InterruptedException | TimeoutException failure) {
            throw new AssertionError(failure);
        }
    }
}
