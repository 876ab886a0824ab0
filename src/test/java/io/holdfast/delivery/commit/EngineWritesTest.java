package io.holdfast.delivery.commit;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.GuardedEngine;
import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.StreamEngine;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** All writes to the engine come from the committer, one at a time, whoever asks for them. */
class EngineWritesTest {
    private static final int BURST = 200;

    /** A write of the engine is what answers with a stage. */
    private static final Set<String> WRITES = Arrays.stream(StreamEngine.class.getMethods())
            .filter(method -> CompletionStage.class.isAssignableFrom(method.getReturnType()))
            .map(Method::getName)
            .collect(Collectors.toSet());

    private static boolean isWrite(JavaMethodCall call) {
        AccessTarget.MethodCallTarget target = call.getTarget();
        return target.getOwner().isAssignableTo(StreamEngine.class) && WRITES.contains(target.getName());
    }

    private static boolean isGuardedWrite(JavaMethodCall call) {
        return call.getTarget().getOwner().isAssignableTo(GuardedEngine.class)
                && call.getTarget().getName().equals("append");
    }

    private static boolean is(JavaClass type, Set<Class<?>> allowed) {
        return allowed.stream().anyMatch(type::isEquivalentTo);
    }

    @Test
    void nobody_but_the_committers_hand_calls_the_writes_of_an_engine() {
        JavaClasses classes = new ClassFileImporter()
                .importUrl(
                        EngineWrites.class.getProtectionDomain().getCodeSource().getLocation());
        assertThat(WRITES).contains("append", "apply", "expire");
        Set<Class<?>> direct = Set.of(EngineWrites.class, GuardedEngine.class);
        Set<Class<?>> guarded = Set.of(EngineWrites.class, WatchedEngine.class);
        noClasses()
                .that(describe(
                        "are not the committer's, nor engines",
                        type -> !is(type, direct) && !type.isAssignableTo(StreamEngine.class)))
                .should()
                .callMethodWhere(describe("writes to an engine", EngineWritesTest::isWrite))
                .check(classes);
        noClasses()
                .that(describe("are not the committer's", type -> !is(type, guarded)))
                .should()
                .callMethodWhere(describe("appends past the committer", EngineWritesTest::isGuardedWrite))
                .check(classes);
        assertThat(classes.get(EngineWrites.class).getMethodCallsFromSelf().stream()
                        .filter(EngineWritesTest::isWrite))
                .as("calls are recognised")
                .isNotEmpty();
    }

    @Test
    void a_burst_of_administrators_calls_writes_one_at_a_time_while_publishing_continues() throws Exception {
        Gateway gateway = new Gateway();
        Delivery manager = gateway.manager;
        AtomicInteger writing = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        gateway.hooked.beforeApply = changes -> {
            most.accumulateAndGet(writing.incrementAndGet(), Math::max);
            LockSupport.parkNanos(100_000);
            writing.decrementAndGet();
        };
        ExecutorService callers = Executors.newFixedThreadPool(20);
        List<CompletableFuture<Void>> calls = new ArrayList<>();
        List<CompletableFuture<?>> publishes = new ArrayList<>();
        for (int i = 0; i < BURST; i++) {
            String channel = "c" + i;
            calls.add(CompletableFuture.completedFuture(i)
                    .thenComposeAsync(any -> manager.removeHistory(channel), callers));
            calls.add(CompletableFuture.completedFuture(i)
                    .thenComposeAsync(any -> manager.discardDeadLetter(1), callers));
            publishes.add(manager.publish(channel, "1", SendOptions.defaults()).toCompletableFuture());
        }
        for (CompletableFuture<?> each : publishes) {
            each.get(20, TimeUnit.SECONDS);
        }
        for (CompletableFuture<?> each : calls) {
            each.get(20, TimeUnit.SECONDS);
        }
        callers.shutdown();
        gateway.close();
        assertThat(most).hasValue(1);
    }

    @Test
    void more_tasks_than_may_wait_are_refused_and_the_rest_are_done() {
        CommitterTasks tasks = new CommitterTasks(change -> {}, Runnable::run);
        List<CompletionStage<Boolean>> added = new ArrayList<>();
        for (int i = 0; i <= CommitterTasks.MOST_WAITING; i++) {
            added.add(tasks.add(writes -> true));
        }
        assertThat(added.get(CommitterTasks.MOST_WAITING).toCompletableFuture())
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(DeliveryException.class);
        boolean more = true;
        while (more) {
            more = tasks.run();
        }
        assertThat(added.subList(0, CommitterTasks.MOST_WAITING))
                .allSatisfy(done -> assertThat(done.toCompletableFuture()).isCompletedWithValue(true));
        assertThat(tasks.add(writes -> true).toCompletableFuture()).isNotDone();
    }

    @Test
    void after_a_task_that_the_engine_did_not_answer_the_others_wait_for_the_next_round() {
        List<Change> applied = new ArrayList<>();
        CommitterTasks tasks = new CommitterTasks(
                change -> {
                    applied.add(change);
                    throw new EngineException(EngineException.Reason.TIMEOUT, "told to be late", null);
                },
                Runnable::run);
        for (int i = 0; i < 3; i++) {
            tasks.add(writes -> {
                writes.apply(new Change.Discard("s", 1, 1));
                return true;
            });
        }
        assertThat(tasks.run()).as("more wait").isTrue();
        assertThat(applied).hasSize(1);
    }

    @Test
    void a_stage_completes_on_another_thread_than_the_committers() throws Exception {
        Gateway gateway = new Gateway();
        Delivery manager = gateway.manager;
        CountDownLatch held = new CountDownLatch(1);
        manager.removeHistory("c").thenAccept(done -> {
            try {
                held.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        manager.publish("c", "1", SendOptions.defaults()).toCompletableFuture().get(10, TimeUnit.SECONDS);
        held.countDown();
        gateway.close();
    }
}
