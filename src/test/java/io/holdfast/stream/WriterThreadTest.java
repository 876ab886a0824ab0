package io.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WriterThreadTest {
    private final AtomicLong nanos = new AtomicLong();
    private final WriterThread writer = new WriterThread(nanos::get);
    private final CountDownLatch gate = new CountDownLatch(1);

    /** Throws whatever is done with it, so that the thread dies. */
    private static final class Deadly extends CompletableFuture<String> {
        final CountDownLatch met = new CountDownLatch(1);

        @Override
        public boolean complete(String value) {
            met.countDown();
            throw new AssertionError("as the test asked");
        }

        @Override
        public boolean completeExceptionally(Throwable failure) {
            throw new AssertionError("as the test asked");
        }
    }

    @BeforeEach
    void start() {
        writer.start();
    }

    @AfterEach
    void stop() {
        gate.countDown();
        assertThat(writer.stop(() -> {}, 10_000)).isTrue();
    }

    @Test
    void another_thread_continues_where_one_has_died() throws Exception {
        Deadly deadly = new Deadly();
        writer.submit(deadly, () -> "never");
        assertThat(deadly.met.await(10, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<String> next = new CompletableFuture<>();
        for (int i = 0; i < 100 && !next.isDone(); i++) {
            CompletableFuture<String> each = new CompletableFuture<>();
            writer.submit(each, () -> "stored");
            each.completeOnTimeout("late", 100, TimeUnit.MILLISECONDS);
            if (each.get(10, TimeUnit.SECONDS).equals("stored")) {
                next.complete("stored");
            }
        }
        assertThat(next).isCompletedWithValue("stored");
    }

    @Test
    void an_error_in_a_task_fails_it_and_the_next_one_is_done() {
        CompletableFuture<String> failing = new CompletableFuture<>();
        writer.submit(failing, () -> {
            throw new OutOfMemoryError("as the test asked");
        });
        assertThat(failing)
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withCauseInstanceOf(EngineException.class)
                .withRootCauseInstanceOf(OutOfMemoryError.class);
        CompletableFuture<String> next = new CompletableFuture<>();
        writer.submit(next, () -> "stored");
        assertThat(next).succeedsWithin(Duration.ofSeconds(10)).isEqualTo("stored");
    }

    @Test
    void a_task_of_more_than_two_minutes_is_one_that_hangs() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Boolean> hanging = new CompletableFuture<>();
        writer.submit(hanging, () -> {
            begun.countDown();
            try {
                return gate.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        nanos.addAndGet(Duration.ofSeconds(119).toNanos());
        assertThat(writer.stuck()).isFalse();
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(writer.stuck()).isTrue();
        gate.countDown();
        assertThat(hanging).succeedsWithin(Duration.ofSeconds(10));
        CompletableFuture<String> next = new CompletableFuture<>();
        writer.submit(next, () -> "stored");
        assertThat(next).succeedsWithin(Duration.ofSeconds(10));
    }
}
