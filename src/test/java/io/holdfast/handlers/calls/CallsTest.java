package io.holdfast.handlers.calls;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.handlers.Caller;
import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.HandlerException;
import io.holdfast.handlers.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of handlers: their order, bounds and time limit. */
@Timeout(30)
class CallsTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final AtomicLong nanos = new AtomicLong();
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final Calls calls = new Calls(threads, new CallSettings(4, 12, 3, LIMIT), nanos::get);
    private final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void stop() {
        gate.countDown();
        threads.shutdownNow();
    }

    private static ClientCall named(String target) {
        return new ClientCall(
                new Caller("u1", false, null, "c1", Map.of(), Set.of(), "", Map.of()),
                new Link("websocket", "json"),
                target,
                null,
                null);
    }

    /** Makes a call. @return its answer; completes with the failure as a value, which tells what the client would hear */
    private <A> CompletableFuture<Object> call(CallLane lane, String target, Handler<A> handler) {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        if (!lane.call(
                CallKind.RPC,
                handler,
                named(target),
                (value, failure) -> answer.complete(failure == null ? value : failure))) {
            answer.complete("refused");
        }
        return answer;
    }

    private Handler<String> waiting(CountDownLatch entered) {
        return call -> {
            entered.countDown();
            gate.await();
            return CompletableFuture.completedFuture(call.target());
        };
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        calls.sweep();
    }

    private static HandlerException failure(CompletableFuture<Object> answer) throws Exception {
        return (HandlerException) answer.get(10, TimeUnit.SECONDS);
    }

    @Test
    void calls_of_one_lane_run_one_at_a_time_in_order_also_when_stages_complete_late() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger inside = new AtomicInteger();
        CallLane lane = calls.lane();
        for (int round = 0; round < 300; round++) {
            order.clear();
            List<CompletableFuture<Object>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                boolean late = random.nextBoolean();
                answers.add(call(lane, "" + i, call -> {
                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                    order.add(call.target());
                    CompletableFuture<String> stage = new CompletableFuture<>();
                    Runnable end = () -> {
                        inside.decrementAndGet();
                        stage.complete(call.target());
                    };
                    if (late) {
                        threads.execute(end);
                    } else {
                        end.run();
                    }
                    return stage;
                }));
            }
            for (int i = 0; i < 4; i++) {
                assertThat(answers.get(i).get(10, TimeUnit.SECONDS))
                        .as("seed %d", seed)
                        .isEqualTo("" + i);
            }
            assertThat(order).as("seed %d", seed).containsExactly("0", "1", "2", "3");
        }
    }

    @Test
    void a_lane_that_hangs_holds_no_other_lane() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CompletableFuture<Object> slow = call(calls.lane(), "slow", waiting(entered));
        entered.await();
        assertThat(call(calls.lane(), "other", call -> CompletableFuture.completedFuture("there"))
                        .get())
                .isEqualTo("there");
        assertThat(slow).isNotDone();
    }

    @Test
    void a_lane_takes_no_more_than_may_wait_and_goes_on_afterwards() throws Exception {
        CallLane lane = calls.lane();
        CountDownLatch entered = new CountDownLatch(1);
        CompletableFuture<Object> first = call(lane, "0", waiting(entered));
        entered.await();
        List<CompletableFuture<Object>> others = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            others.add(call(lane, "" + i, call -> CompletableFuture.completedFuture(call.target())));
        }
        assertThat(others.get(3)).isCompletedWithValue("refused");
        assertThat(calls.stats().rejected()).isEqualTo(1);
        assertThat(calls.stats().running()).isEqualTo(1);
        assertThat(calls.stats().waiting()).isEqualTo(3);
        gate.countDown();
        assertThat(first.get()).isEqualTo("0");
        assertThat(others.get(2).get()).isEqualTo("3");
        assertThat(call(lane, "5", call -> CompletableFuture.completedFuture("5"))
                        .get())
                .isEqualTo("5");
    }

    @Test
    void a_call_that_has_ended_takes_no_room_any_more() throws Exception {
        CallLane lane = calls.lane();
        CountDownLatch entered = new CountDownLatch(1);
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        lane.call(
                CallKind.RPC,
                waiting(entered),
                named("0"),
                (value, failure) -> taken.complete(lane.call(CallKind.RPC, call -> null, named("4"), (v, f) -> {})));
        entered.await();
        for (int i = 1; i <= 3; i++) {
            call(lane, "" + i, call -> CompletableFuture.completedFuture(call.target()));
        }
        gate.countDown();
        assertThat(taken.get()).isTrue();
    }

    @Test
    void the_node_takes_no_more_than_it_may_hold() throws Exception {
        List<CompletableFuture<Object>> taken = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            taken.add(call(calls.lane(), "" + i, waiting(new CountDownLatch(1))));
        }
        assertThat(call(calls.lane(), "one more", call -> null)).isCompletedWithValue("refused");
        gate.countDown();
        for (int i = 0; i < 12; i++) {
            assertThat(taken.get(i).get()).isEqualTo("" + i);
        }
        assertThat(call(calls.lane(), "again", call -> CompletableFuture.completedFuture("yes"))
                        .get())
                .isEqualTo("yes");
    }

    @Test
    void a_call_that_takes_too_long_is_given_up_and_interrupted_and_the_next_goes_on() throws Exception {
        CallLane lane = calls.lane();
        CountDownLatch entered = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CompletableFuture<Object> slow = call(lane, "slow", call -> {
            entered.countDown();
            try {
                gate.await();
                interrupted.complete(false);
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
            return CompletableFuture.completedFuture("too late");
        });
        CompletableFuture<Object> next = call(lane, "next", call -> {
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            return CompletableFuture.completedFuture("went on");
        });
        entered.await();
        pass(LIMIT.minusMillis(1));
        assertThat(slow).isNotDone();
        pass(Duration.ofMillis(1));
        assertThat(failure(slow).code()).isEqualTo(100);
        assertThat(failure(slow).temporary()).isTrue();
        assertThat(interrupted.get()).isTrue();
        assertThat(next.get()).isEqualTo("went on");
        assertThat(calls.stats().timedOut()).isEqualTo(1);
        assertThat(calls.stats().failed()).containsEntry(CallKind.RPC, 1L);
    }

    @Test
    void a_thread_that_ignores_its_interrupt_is_counted_until_it_comes_back() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        CompletableFuture<Object> slow = call(calls.lane(), "stubborn", call -> {
            entered.countDown();
            while (gate.getCount() > 0) {
                Thread.onSpinWait();
            }
            left.countDown();
            return CompletableFuture.completedFuture("too late");
        });
        entered.await();
        pass(LIMIT);
        assertThat(failure(slow).code()).isEqualTo(100);
        assertThat(calls.stats().stuck()).isEqualTo(1);
        assertThat(calls.stats().running()).isZero();
        gate.countDown();
        left.await();
        while (calls.stats().stuck() > 0) {
            Thread.onSpinWait();
        }
        assertThat(calls.stats().finished()).containsEntry(CallKind.RPC, 1L);
    }

    @Test
    void a_call_without_a_thread_is_given_up_too_and_never_runs() throws Exception {
        CountDownLatch entered = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            call(calls.lane(), "slow", call -> {
                entered.countDown();
                while (gate.getCount() > 0) {
                    Thread.onSpinWait();
                }
                return CompletableFuture.completedFuture("");
            });
        }
        entered.await();
        AtomicInteger ran = new AtomicInteger();
        CompletableFuture<Object> waiting = call(calls.lane(), "waits", call -> {
            ran.incrementAndGet();
            return CompletableFuture.completedFuture("");
        });
        pass(LIMIT);
        assertThat(failure(waiting).temporary()).isTrue();
        gate.countDown();
        assertThat(call(calls.lane(), "after", call -> CompletableFuture.completedFuture("ran"))
                        .get())
                .isEqualTo("ran");
        assertThat(ran).hasValue(0);
    }

    @Test
    void a_stage_that_takes_too_long_is_cancelled() throws Exception {
        CompletableFuture<String> stage = new CompletableFuture<>();
        CountDownLatch entered = new CountDownLatch(1);
        CompletableFuture<Object> slow = call(calls.lane(), "stage", call -> {
            entered.countDown();
            return stage;
        });
        entered.await();
        while (calls.stats().running() == 0 || !threadsAreIdle()) {
            Thread.onSpinWait();
        }
        pass(LIMIT);
        assertThat(failure(slow).code()).isEqualTo(100);
        assertThat(stage).isCancelled();
    }

    private boolean threadsAreIdle() {
        return ((java.util.concurrent.ThreadPoolExecutor) threads).getActiveCount() == 0;
    }

    @Test
    void a_refusal_reaches_the_client_as_it_is_and_other_failures_only_by_their_id() throws Exception {
        HandlerException refusal = new HandlerException(450, "sold out", false);
        assertThat(call(calls.lane(), "a", call -> {
                            throw refusal;
                        })
                        .get())
                .isSameAs(refusal);
        assertThat(call(
                                calls.lane(),
                                "b",
                                call -> CompletableFuture.failedFuture(refusal).thenApply(x -> x))
                        .get())
                .isSameAs(refusal);
        for (Handler<String> broken : List.<Handler<String>>of(
                call -> {
                    throw new IllegalStateException("secret");
                },
                call -> {
                    throw new StackOverflowError("secret");
                },
                call -> CompletableFuture.failedFuture(new java.io.IOException("secret")),
                call -> null)) {
            HandlerException told = failure(call(calls.lane(), "c", broken));
            assertThat(told.code()).isEqualTo(100);
            assertThat(told.temporary()).isTrue();
            assertThat(told.text()).matches("internal server error, id [0-9a-f]{8}");
        }
        assertThat(calls.stats().refused()).isEqualTo(2);
        assertThat(calls.stats().failed()).containsEntry(CallKind.RPC, 4L);
        assertThat(calls.stats().running()).isZero();
        assertThat(calls.stats().waiting()).isZero();
    }

    @Test
    void a_container_that_stops_refuses_with_a_temporary_error() throws Exception {
        threads.shutdown();
        CallLane lane = calls.lane();
        assertThat(failure(call(lane, "late", call -> null)).temporary()).isTrue();
        assertThat(failure(call(lane, "later", call -> null)).temporary()).isTrue();
        assertThat(calls.stats().waiting()).isZero();
    }
}
