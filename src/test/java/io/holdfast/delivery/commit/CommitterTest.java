package io.holdfast.delivery.commit;

import static io.holdfast.delivery.commit.Gateway.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.GuardedEngine;
import io.holdfast.delivery.MovedClock;
import io.holdfast.delivery.OtherNodes;
import io.holdfast.delivery.outbox.Breakers;
import io.holdfast.delivery.outbox.DeadLetters;
import io.holdfast.delivery.outbox.HandedMessage;
import io.holdfast.delivery.outbox.Outbox;
import io.holdfast.delivery.outbox.OutboxConnection;
import io.holdfast.delivery.outbox.OutboxConnections;
import io.holdfast.delivery.outbox.Outboxes;
import io.holdfast.delivery.push.Channels;
import io.holdfast.delivery.push.Dispatcher;
import io.holdfast.delivery.push.OpenConnection;
import io.holdfast.delivery.push.Recovery;
import io.holdfast.delivery.push.Steps;
import io.holdfast.delivery.push.Writer;
import io.holdfast.delivery.watch.Clients;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Events;
import io.holdfast.delivery.watch.Outcomes;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.MemoryEngine;
import io.holdfast.stream.NotReplicatedException;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StoreFullException;
import io.holdfast.stream.StreamEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommitterTest {
    private final MovedClock clock = new MovedClock();
    private final MemoryEngine memory = new MemoryEngine(clock::millis);
    private final HookedEngine engine = new HookedEngine(memory);
    private final Counters counters = new Counters();
    private final Channels channels = new Channels(OtherNodes.NONE);
    private final Guard guard = new Guard(engine);
    private final List<Thread> made = new ArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final Hub hub = new Hub(
            channels,
            counters,
            work -> {
                throw new RejectedExecutionException("as a container that stops");
            },
            Thread::new,
            null);
    private final DeliverySettings settings = small();
    private final Events events = new Events(event -> false, counters, Thread::new);
    private final Clients clients = new Clients(clock);
    private final Outboxes outboxes = new Outboxes(
            engine,
            clock,
            settings,
            new Breakers(settings.breaker(), clock, counters, events),
            clients,
            new Outcomes(clients, counters, events, clock),
            Runnable::run);
    private final EngineWrites writes = new EngineWrites(guard, engine, System::nanoTime);
    private final DeadLetters deadLetters = new DeadLetters(engine, clock, counters, settings.poison(), outboxes);
    private final Committer committer = new Committer(
            writes,
            outboxes,
            deadLetters,
            new NewChannels(engine, channel -> 0, 0, clock, counters),
            hub,
            settings,
            clock,
            counters,
            this::thread);
    private int messages;

    /** The guarded way, in which a test can stop or throw. */
    private static final class Guard extends GuardedEngine {
        volatile Runnable before = () -> {};
        volatile RuntimeException afterStoring;
        /** Before a second attempt, if there is to be one. */
        volatile Runnable again;

        Guard(StreamEngine engine) {
            super(engine);
        }

        @Override
        public List<AppendOutcome> append(List<Append> batch) {
            before.run();
            List<AppendOutcome> outcomes = attempts(batch);
            if (afterStoring != null) {
                throw afterStoring;
            }
            return outcomes;
        }

        private List<AppendOutcome> attempts(List<Append> batch) {
            try {
                return super.append(batch);
            } catch (EngineException e) {
                if (again == null) {
                    throw e;
                }
                again.run();
                return super.append(batch);
            }
        }
    }

    private static DeliverySettings small() {
        DeliverySettings usual = DeliverySettings.defaults();
        return new DeliverySettings(
                usual.sendBufferBytes(),
                usual.frameBytes(),
                usual.creditBytes(),
                usual.pingAfterBytes(),
                usual.pingInterval(),
                usual.pongTimeout(),
                usual.confirmInterval(),
                usual.sendTimeout(),
                usual.maxPublicationBytes(),
                3,
                100,
                usual.receiptTimeout(),
                usual.batchMessages(),
                usual.batchBytes(),
                1,
                16,
                usual.drainTimeout(),
                usual.admission(),
                usual.breaker(),
                usual.poison());
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "test-committer");
        made.add(thread);
        return thread;
    }

    private CompletableFuture<Receipt> append(int bytes) {
        return append(bytes, new Retention(1_000, 1 << 20, Retention.Overflow.DROP_OLDEST));
    }

    private CompletableFuture<Receipt> append(Retention retention) {
        return append(1, retention);
    }

    private CompletableFuture<Receipt> append(int bytes, Retention retention) {
        Append append = new Append(
                "#u1",
                "m" + ++messages,
                "1".getBytes(UTF_8),
                Map.of(),
                clock.millis(),
                Publication.NEVER,
                0,
                retention);
        return committer.append(append, bytes).toCompletableFuture();
    }

    private void start() {
        hub.start(dispatcher().fanout());
        committer.start();
    }

    private static void failsFor(CompletableFuture<Receipt> receipt, Reason reason) {
        assertThat(receipt)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        DeliveryException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(reason));
    }

    private void hold() {
        try {
            gate.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new EngineException(EngineException.Reason.TIMEOUT, "interrupted", e);
        }
    }

    @AfterEach
    void stop() throws Exception {
        gate.countDown();
        committer.stop();
        hub.stop();
    }

    @Test
    void receipts_complete_though_the_container_takes_no_more_work() {
        start();
        assertThat(append(1)).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void the_queue_is_bounded_in_messages() {
        for (int i = 0; i < 3; i++) {
            append(1);
        }
        assertThatThrownBy(() -> append(1))
                .isInstanceOfSatisfying(
                        DeliveryException.class, e -> assertThat(e.reason()).isEqualTo(Reason.OVERLOADED));
        start();
        until(() -> committer.queued() == 0);
        assertThat(append(1)).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void the_queue_is_bounded_in_bytes_and_gives_them_back() {
        append(60);
        assertThatThrownBy(() -> append(50)).isInstanceOf(DeliveryException.class);
        append(40);
        start();
        until(() -> committer.queued() == 0);
        assertThat(append(100)).succeedsWithin(Duration.ofSeconds(10));
    }

    private void refusesAtOnce() {
        assertThatThrownBy(() -> append(1))
                .isInstanceOfSatisfying(
                        DeliveryException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
    }

    private static List<RuntimeException> reasonsToRefuse() {
        return List.of(
                new CircuitBreakerOpenException("told to be open"),
                new EngineException(EngineException.Reason.TIMEOUT, "told to be late", null),
                new TimeoutException("told to be late"),
                new StoreFullException("told to be full", null),
                new NotReplicatedException("told to have none"));
    }

    @ParameterizedTest
    @MethodSource("reasonsToRefuse")
    void publishes_are_refused_at_once_until_a_probe_is_stored(RuntimeException failure) {
        start();
        guard.before = () -> {
            throw failure;
        };
        assertThat(append(1)).failsWithin(Duration.ofSeconds(10));
        until(committer::isRefusing);
        refusesAtOnce();
        clock.advance(Duration.ofMinutes(5));
        refusesAtOnce(); // no publisher tries

        CountDownLatch tried = new CountDownLatch(1);
        guard.before = () -> {
            tried.countDown();
            throw failure;
        };
        until(() -> {
            committer.lookSoon();
            return tried.getCount() == 0;
        });
        refusesAtOnce();
        guard.before = () -> {};
        committer.lookSoon();
        until(() -> !committer.isRefusing());
        assertThat(append(1)).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void probes_close_a_breaker_that_lets_trials_through() {
        start();
        AtomicInteger calls = new AtomicInteger();
        guard.before = () -> {
            throw new CircuitBreakerOpenException("told to be open");
        };
        failsFor(append(1), Reason.UNAVAILABLE);
        guard.before = calls::incrementAndGet;
        committer.lookSoon();
        until(() -> calls.get() >= GuardedEngine.TRIALS);
        until(() -> !committer.isRefusing());
    }

    @Test
    void nobody_waits_longer_than_the_limit_for_an_engine_that_hangs() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        guard.before = () -> {
            held.countDown();
            hold();
        };
        start();
        CompletableFuture<Receipt> underWay = append(1);
        assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Receipt> waiting = append(1);
        clock.advance(settings.receiptTimeout().minusMillis(1));
        committer.giveUpLate();
        assertThat(underWay).isNotDone();
        assertThat(waiting).isNotDone();
        clock.advance(Duration.ofMillis(2));
        committer.giveUpLate();
        committer.giveUpLate();

        failsFor(underWay, Reason.OUTCOME_UNKNOWN);
        failsFor(waiting, Reason.UNAVAILABLE);
        refusesAtOnce();
        gate.countDown();
        until(() -> committer.busyNanos() == 0);
        assertThat(append(1)).succeedsWithin(Duration.ofSeconds(10));
        assertThat(memory.info("#u1").top().offset())
                .as("the first was stored late, the second never")
                .isEqualTo(2);
        assertThat(counters.accepted.sum()).isEqualTo(2);
        assertThat(counters.failed.sum()).isEqualTo(3);
    }

    @Test
    void what_waited_too_long_behind_a_cursor_is_not_stored() throws Exception {
        start();
        append(1).get(10, TimeUnit.SECONDS);
        Workbench.Line line = new Workbench().connect();
        CountDownLatch applying = new CountDownLatch(1);
        engine.beforeApply = changes -> {
            applying.countDown();
            hold();
        };
        connections().open(line.connection, "u1", "till", true, null);
        outboxes.changed(outboxes.acquire("u1"));
        CompletableFuture<Receipt> behind = append(1);
        assertThat(applying.await(10, TimeUnit.SECONDS)).isTrue();
        clock.advance(settings.receiptTimeout());
        gate.countDown();

        failsFor(behind, Reason.UNAVAILABLE);
        assertThat(memory.info("#u1").top().offset()).isEqualTo(1);
    }

    @Test
    void after_a_cursor_that_was_not_answered_nothing_is_tried_but_a_probe() throws Exception {
        start();
        append(1).get(10, TimeUnit.SECONDS);
        Workbench.Line line = new Workbench().connect();
        List<String> order = new CopyOnWriteArrayList<>();
        guard.before = () -> order.add("append");
        engine.beforeApply = changes -> {
            order.add("apply");
            hold();
            throw new EngineException(EngineException.Reason.TIMEOUT, "told to be late", null);
        };
        connections().open(line.connection, "u1", "till", true, null);
        outboxes.changed(outboxes.acquire("u1"));
        committer.wake();
        until(() -> order.contains("apply"));
        CompletableFuture<Receipt> behind = append(1);
        CompletableFuture<Boolean> task = committer.task(writes -> true).toCompletableFuture();
        engine.beforeExpire = () -> order.add("expire");
        committer.expireSoon();
        engine.beforeApply = changes -> order.add("applied");
        clock.advance(Duration.ofSeconds(3));
        assertThat(committer.unansweredNanos()).isZero();
        gate.countDown();

        failsFor(behind, Reason.UNAVAILABLE);
        until(() -> order.contains("applied"));
        assertThat(order.subList(0, 3)).containsExactly("apply", "append", "append");
        assertThat(committer.unansweredNanos()).isZero();
        assertThat(task.handle((done, failure) -> true)).succeedsWithin(Duration.ofSeconds(10));
    }

    private static void isOpen() {
        throw new CircuitBreakerOpenException("told to be open");
    }

    private static void isLate() {
        throw new TimeoutException("told to be late");
    }

    /** @return what is asked of the engine besides appends */
    private List<String> cursorToStore() throws Exception {
        append(1).get(10, TimeUnit.SECONDS);
        List<String> asked = new CopyOnWriteArrayList<>();
        engine.beforeApply = changes -> asked.add("apply");
        engine.beforeExpire = () -> asked.add("expire");
        connections().open(new Workbench().connect().connection, "u1", "till", true, null);
        return asked;
    }

    @Test
    void tasks_are_refused_while_the_engine_does_not_answer() throws Exception {
        start();
        List<String> asked = cursorToStore();
        guard.before = CommitterTest::isLate;
        failsFor(append(1), Reason.OUTCOME_UNKNOWN);
        AtomicInteger done = new AtomicInteger();
        CompletableFuture<Boolean> task =
                committer.task(writes -> done.incrementAndGet() > 0).toCompletableFuture();
        assertThat(task)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        DeliveryException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
        assertThat(done).hasValue(0);
        asked.clear();
        outboxes.changed(outboxes.acquire("u1"));
        committer.lookSoon();
        assertThat(committer.task(writes -> true).toCompletableFuture()).failsWithin(Duration.ofSeconds(10));
        assertThat(asked).isEmpty();
    }

    @Test
    void while_the_breaker_is_open_only_publishing_is_refused() throws Exception {
        start();
        List<String> asked = cursorToStore();
        guard.before = CommitterTest::isOpen;
        failsFor(append(1), Reason.UNAVAILABLE);
        outboxes.changed(outboxes.acquire("u1"));
        committer.lookSoon();
        until(() -> asked.containsAll(List.of("apply", "expire")));
        assertThat(committer.task(writes -> true).toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));
        refusesAtOnce();
    }

    @Test
    void cursors_find_out_that_a_store_answers_again_whose_breaker_is_open() throws Exception {
        start();
        List<String> asked = cursorToStore();
        guard.before = CommitterTest::isLate;
        failsFor(append(1), Reason.OUTCOME_UNKNOWN);
        clock.advance(Duration.ofSeconds(1));
        until(() -> committer.unansweredNanos() > 0);
        guard.before = CommitterTest::isOpen;
        asked.clear();
        outboxes.changed(outboxes.acquire("u1"));
        committer.lookSoon();
        until(() -> asked.contains("apply"));
        until(() -> committer.unansweredNanos() == 0);
        refusesAtOnce();
    }

    @Test
    void health_knows_since_when_the_engine_does_not_answer() {
        start();
        guard.before = () -> {
            clock.advance(Duration.ofSeconds(7));
            throw new TimeoutException("told to be late");
        };
        assertThat(append(1)).failsWithin(Duration.ofSeconds(10));
        until(() -> committer.unansweredNanos() > 0);
        assertThat(committer.unansweredTookNanos())
                .isEqualTo(Duration.ofSeconds(7).toNanos());
        guard.before = () -> {};
        committer.lookSoon();
        until(() -> committer.unansweredNanos() == 0);
        assertThat(committer.unansweredTookNanos()).isZero();
    }

    @Test
    void live_connections_read_what_an_attempt_stored_before_the_breaker_opened() {
        storedThoughReported(new CircuitBreakerOpenException("told to be open"));
    }

    @Test
    void live_connections_read_what_a_timed_out_attempt_stored() {
        storedThoughReported(new TimeoutException("told to be late"));
    }

    @Test
    void live_connections_read_what_was_stored_before_an_unexpected_error() {
        storedThoughReported(new IllegalStateException("told to be mad"));
    }

    private void storedThoughReported(RuntimeException failure) {
        BooleanSupplier live = live();
        start();
        guard.afterStoring = failure;
        assertThat(append(1)).failsWithin(Duration.ofSeconds(10));

        until(() -> !live.getAsBoolean());
    }

    @Test
    void what_an_attempt_stored_that_is_never_answered_is_read_after_the_next_success() {
        BooleanSupplier live = live();
        engine.answers = new CompletableFuture<>();
        interruptsOnce(this::hold);
        start();
        failsFor(append(1), Reason.OUTCOME_UNKNOWN);
        assertThat(live.getAsBoolean()).isTrue();
        gate.countDown();

        until(() -> !live.getAsBoolean());
    }

    /** As the time limit does. The engine answers what comes after that. */
    private void interruptsOnce(Runnable afterwards) {
        guard.before = () -> {
            guard.before = () -> {
                afterwards.run();
                engine.answers = CompletableFuture.completedStage(null);
            };
            Thread.currentThread().interrupt();
        };
    }

    private BooleanSupplier live() {
        OpenConnection connection = new Workbench().connect().connection;
        return Steps.live(
                connection, channels.acquire("#u1"), engine.info("#u1").top(), dispatcher());
    }

    private OutboxConnections connections() {
        return new OutboxConnections(outboxes, deadLetters, counters, events, clock, committer::wake);
    }

    private Dispatcher dispatcher() {
        return new Dispatcher(
                new Writer(settings, clock, counters, Thread::new),
                new Recovery(1, System::nanoTime, Thread::new),
                counters);
    }

    @Test
    void an_error_that_nobody_expects_fails_the_batch_and_the_next_one_is_stored() {
        start();
        guard.before = () -> {
            throw new IllegalStateException("told to be mad");
        };
        failsFor(append(1), Reason.OUTCOME_UNKNOWN);
        guard.before = () -> {};
        assertThat(append(1)).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void an_engine_that_says_itself_that_it_was_late_leaves_the_outcome_unknown() {
        start();
        guard.afterStoring = new EngineException(EngineException.Reason.TIMEOUT, "told to be late", null);
        failsFor(append(1), Reason.OUTCOME_UNKNOWN);
    }

    @Test
    void a_failing_expiry_does_not_fail_a_stored_batch() throws Exception {
        start();
        CountDownLatch tried = new CountDownLatch(1);
        engine.afterAppend = batch -> committer.expireSoon();
        engine.beforeExpire = () -> {
            tried.countDown();
            throw new IllegalStateException("told to be mad");
        };
        assertThat(append(1)).succeedsWithin(Duration.ofSeconds(10));
        assertThat(tried.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(append(1)).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void a_stray_interrupt_loses_nothing() {
        start();
        for (int i = 0; i < 20; i++) {
            made.get(0).interrupt();
            CompletableFuture<Receipt> receipt = append(1);
            // an interrupt may fail the attempt that it meets (as a time limit does), never the thread
            assertThat(receipt.handle((stored, failure) -> true)).succeedsWithin(Duration.ofSeconds(10));
            committer.lookSoon();
            until(() -> !committer.isRefusing());
        }
        assertThat(made.get(0).isAlive()).isTrue();
        assertThat(append(1)).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void stop_stores_what_waits() throws Exception {
        guard.before = this::hold;
        start();
        CompletableFuture<Receipt> first = append(1);
        until(() -> committer.queued() == 0);
        CompletableFuture<Receipt> second = append(1);
        Thread stopping = new Thread(() -> {
            try {
                committer.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        stopping.start();
        until(() -> {
            try {
                append(1);
                return false;
            } catch (DeliveryException e) {
                return e.reason() == Reason.DRAINING;
            }
        });
        gate.countDown();
        stopping.join(10_000);

        assertThat(first).succeedsWithin(Duration.ofSeconds(10));
        assertThat(second).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    void no_receipt_hangs_when_the_engine_hangs_at_the_stop() throws Exception {
        guard.before = this::hold;
        start();
        CompletableFuture<Receipt> first = append(1);
        until(() -> committer.queued() == 0);
        CompletableFuture<Receipt> second = append(1);
        Thread stopping = new Thread(() -> {
            try {
                committer.stop();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        stopping.start();
        stopping.interrupt(); // as after the ten seconds that it would wait

        failsFor(first, Reason.OUTCOME_UNKNOWN);
        failsFor(second, Reason.DRAINING);
    }

    @Test
    void an_error_leaves_no_receipt_waiting_and_the_committer_continues() throws Exception {
        guard.before = () -> {
            guard.before = () -> {};
            throw new AssertionError("told to die");
        };
        start();
        failsFor(append(1), Reason.OUTCOME_UNKNOWN);
        append(1).get(10, TimeUnit.SECONDS);
    }

    @Test
    void publishers_are_not_held_up_by_cursors_while_the_store_fails() throws Exception {
        start();
        append(1).get(10, TimeUnit.SECONDS);
        Workbench.Line line = new Workbench().connect();
        List<String> order = new CopyOnWriteArrayList<>();
        guard.before = () -> {
            order.add("append");
            hold();
            throw new EngineException(EngineException.Reason.TIMEOUT, "told to fail", null);
        };
        CompletableFuture<Receipt> first = append(1);
        until(() -> order.size() == 1);
        engine.beforeApply = changes -> order.add("apply");
        connections().open(line.connection, "u1", "till", true, null);
        outboxes.changed(outboxes.acquire("u1"));
        CompletableFuture<Receipt> second = append(1);
        gate.countDown();

        failsFor(first, Reason.UNAVAILABLE);
        failsFor(second, Reason.UNAVAILABLE);
        until(() -> order.size() >= 2);
        assertThat(order.subList(0, 2)).containsExactly("append", "append");
        guard.before = () -> {};
        committer.lookSoon();
        until(() -> order.contains("apply"));
    }

    @Test
    void cursors_that_could_not_be_stored_are_stored_at_the_next_attempt() throws Exception {
        start();
        append(1).get(10, TimeUnit.SECONDS);
        Workbench.Line line = new Workbench().connect();
        Outbox outbox = outboxes.acquire("u1");
        engine.beforeApply = changes -> {
            throw new IllegalStateException("told to be mad");
        };
        connections().open(line.connection, "u1", "till", true, null);
        outboxes.changed(outbox);
        committer.wake();
        until(() -> committer.unreadable() == 1);
        clock.advance(Duration.ofSeconds(2));
        CountDownLatch tried = new CountDownLatch(1);
        engine.beforeApply = changes -> {
            tried.countDown();
            throw new EngineException(EngineException.Reason.IO, "told to fail", null);
        };
        committer.wake();
        assertThat(tried.await(10, TimeUnit.SECONDS)).isTrue();
        engine.beforeApply = changes -> {};
        committer.wake();

        until(() -> engine.devices("#u1").size() == 1);
    }

    @Test
    void a_batch_that_the_engine_refused_before_the_write_is_not_stored() {
        start();
        memory.fail(EngineException.Reason.IO);
        failsFor(append(1), Reason.UNAVAILABLE);
        assertThat(memory.info("#u1").top().offset()).isZero();
    }

    @Test
    void the_outcome_is_unknown_if_an_attempt_may_have_stored_the_batch() {
        start();
        memory.failThoughStoring(EngineException.Reason.IO);
        failsFor(append(1), Reason.OUTCOME_UNKNOWN);
    }

    @Test
    void the_outcome_is_unknown_if_the_batch_was_written_before_the_breaker_opened() {
        start();
        guard.afterStoring = new CircuitBreakerOpenException("told to be open");
        failsFor(append(1), Reason.OUTCOME_UNKNOWN);
    }

    @Test
    void what_the_first_attempt_may_have_stored_stays_unknown_after_a_certain_refusal() {
        memory.failThoughStoring(EngineException.Reason.IO);
        guard.again = () -> memory.fail(EngineException.Reason.IO);
        start();
        failsFor(append(1), Reason.OUTCOME_UNKNOWN);
    }

    @Test
    void drops_in_a_batch_that_is_stored_after_the_outcome_unknown_are_reported() {
        CompletableFuture<Void> answer = new CompletableFuture<>();
        engine.answers = answer;
        guard.before = () -> Thread.currentThread().interrupt(); // as the time limit does
        CompletableFuture<Receipt> first = append(new Retention(1, 1 << 20, Retention.Overflow.DROP_OLDEST));
        CompletableFuture<Receipt> second = append(new Retention(1, 1 << 20, Retention.Overflow.DROP_OLDEST));
        start();
        failsFor(first, Reason.OUTCOME_UNKNOWN);
        failsFor(second, Reason.OUTCOME_UNKNOWN);
        assertThat(counters.dropped.sum()).isZero();
        answer.complete(null);
        until(() -> counters.dropped.sum() == 1);
    }

    @Test
    void what_was_dropped_before_its_confirmation_was_stored_is_dropped() {
        Retention one = new Retention(1, 1 << 20, Retention.Overflow.DROP_OLDEST);
        start();
        assertThat(append(one)).succeedsWithin(Duration.ofSeconds(10));
        Workbench.Line line = new Workbench().connect();
        OutboxConnection till =
                connections().open(line.connection, "u1", "till", true, null).connection();
        till.hand(1, new HandedMessage("m1", clock.millis()));
        CompletableFuture<Void> answer = new CompletableFuture<>();
        engine.answers = answer;
        interruptsOnce(() -> {});
        failsFor(append(one), Reason.OUTCOME_UNKNOWN);
        engine.beforeApply = changes -> answer.complete(null);
        connections().confirm(till, 1);
        until(() -> counters.dropped.sum() == 1);
        assertThat(counters.acknowledged.sum()).isZero();
        assertThat(memory.message("#u1", "m1").orElseThrow().finalState()).isEqualTo(FinalState.DROPPED);
    }

    @Test
    void changes_of_many_outboxes_are_stored_in_several_writes() {
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        engine.beforeApply = changes -> sizes.add(changes.size());
        int clients = 4_500;
        Workbench.Line line = new Workbench().connect();
        for (int i = 0; i < clients; i++) {
            outboxes.changed(connections()
                    .open(line.connection, "c" + i, "till", true, null)
                    .connection()
                    .outbox());
        }
        start();
        committer.wake();
        until(() ->
                !outboxes.hasChanged() && sizes.stream().mapToInt(each -> each).sum() >= clients);
        assertThat(sizes).allMatch(size -> size <= 2_100).hasSizeGreaterThan(2);
    }
}
