package io.holdfast.delivery.push;

import static io.holdfast.delivery.commit.Gateway.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.MemoryEngine;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedPagesTest {
    private static final int WAITERS = 4;

    private final MemoryEngine engine = new MemoryEngine(() -> 1_000);
    private final Position start = new Position(engine.info("news").top().epoch(), 0);
    private final SharedPages pages = new SharedPages("news");
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch reading = new CountDownLatch(1);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger reads = new AtomicInteger();

    @AfterEach
    void stop() {
        gate.countDown();
        threads.shutdownNow();
    }

    private Page page() {
        reads.incrementAndGet();
        return engine.read("news", start, 10, 1_000);
    }

    private CompletableFuture<SharedPage> ask(Supplier<Page> read) {
        return CompletableFuture.supplyAsync(() -> pages.after(start, 0, read), threads);
    }

    /** A read that has begun, and waits for the gate. */
    private CompletableFuture<SharedPage> first(Supplier<Page> read) throws Exception {
        CompletableFuture<SharedPage> first = ask(() -> {
            reading.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return read.get();
        });
        assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
        return first;
    }

    /** Returns when all wait. */
    private List<CompletableFuture<SharedPage>> waiters(Supplier<Page> read) {
        List<CompletableFuture<SharedPage>> all = new ArrayList<>();
        for (int i = 0; i < WAITERS; i++) {
            CompletableFuture<SharedPage> asked = new CompletableFuture<>();
            Thread thread = new Thread(() -> asked.completeAsync(() -> pages.after(start, 0, read), Runnable::run));
            thread.setDaemon(true);
            thread.start();
            until(() -> thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.BLOCKED);
            all.add(asked);
        }
        return all;
    }

    @Test
    void all_who_come_while_a_page_is_read_get_that_page() throws Exception {
        CompletableFuture<SharedPage> first = first(this::page);
        List<CompletableFuture<SharedPage>> others = waiters(this::page);
        gate.countDown();
        SharedPage page = first.get(10, TimeUnit.SECONDS);
        for (CompletableFuture<SharedPage> other : others) {
            assertThat(other.get(10, TimeUnit.SECONDS)).isSameAs(page);
        }
        assertThat(reads).hasValue(1);
    }

    @Test
    void after_a_read_that_failed_those_who_waited_read_at_the_same_time() throws Exception {
        CyclicBarrier together = new CyclicBarrier(WAITERS);
        CompletableFuture<SharedPage> first = first(() -> {
            throw new EngineException(EngineException.Reason.IO, "as the test asked", null);
        });
        List<CompletableFuture<SharedPage>> others = waiters(() -> {
            meet(together);
            return page();
        });
        gate.countDown();
        assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(EngineException.class);
        for (CompletableFuture<SharedPage> other : others) {
            assertThat(other.get(20, TimeUnit.SECONDS).page().publications()).isEmpty();
        }
        assertThat(reads).hasValue(WAITERS);
    }

    private static void meet(CyclicBarrier together) {
        try {
            together.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the others do not read meanwhile", e);
        }
    }
}
