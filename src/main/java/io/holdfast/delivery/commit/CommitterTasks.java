package io.holdfast.delivery.commit;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.delivery.watch.Fatal;
import io.holdfast.stream.Change;
import io.holdfast.stream.EngineException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Rare writes that are not appends, as administrators and cleanup want them. Anybody adds a task and never waits; the
 * committer runs it between two batches, so no write passes the committer by. Bounded: what is too much is refused, and
 * publishing goes on. A stage completes on another thread than the committer's.
 */
final class CommitterTasks {
    static final int MOST_WAITING = 1_000;

    /** In one round, since messages wait meanwhile. */
    private static final int AT_ONCE = 16;

    /** The way to the engine while a task runs. */
    interface Writes {
        /**
         * Returns when the change is applied.
         *
         * @throws EngineException if that failed or took too long
         */
        void apply(Change change);
    }

    private record Task(Predicate<Writes> work, CompletableFuture<Boolean> done) {}

    private final Writes writes;
    private final Executor completions;
    private final ConcurrentLinkedQueue<Task> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean ended;

    /** @param completions completes the stages; never refuses */
    CommitterTasks(Writes writes, Executor completions) {
        this.writes = writes;
        this.completions = completions;
    }

    /** @return what the work says, or what it throws; {@link DeliveryException} where it is not done at all */
    CompletionStage<Boolean> add(Predicate<Writes> work) {
        if (count.incrementAndGet() > MOST_WAITING) {
            count.decrementAndGet();
            return CompletableFuture.failedStage(new DeliveryException(
                    Reason.OVERLOADED, "Too many calls that change the store are waiting; slow down and repeat"));
        }
        Task task = new Task(work, new CompletableFuture<>());
        waiting.add(task);
        if (ended) {
            abandon();
        }
        return task.done();
    }

    /**
     * Runs some of what waits. After one that the engine did not answer in time the others wait for the next round.
     *
     * @return whether more wait
     */
    boolean run() {
        for (int i = 0; i < AT_ONCE; i++) {
            Task task = poll();
            if (task == null) {
                return false;
            }
            try {
                boolean done = task.work().test(writes);
                completions.execute(() -> task.done().complete(done));
            } catch (RuntimeException | Error e) {
                completions.execute(() -> task.done().completeExceptionally(e));
                Fatal.rethrow(e);
                if (e instanceof EngineException failure && failure.reason() == EngineException.Reason.TIMEOUT) {
                    break;
                }
            }
        }
        return !waiting.isEmpty();
    }

    /** What waits is not done, since the store fails. */
    void refuse() {
        for (Task task = poll(); task != null; task = poll()) {
            CompletableFuture<Boolean> done = task.done();
            completions.execute(() -> done.completeExceptionally(new DeliveryException(
                    Reason.UNAVAILABLE, "The message store is failing and this was not done; repeat later")));
        }
    }

    /** What waits is not done, and nothing more will be. */
    void abandon() {
        ended = true;
        for (Task task = poll(); task != null; task = poll()) {
            task.done().completeExceptionally(new DeliveryException(Reason.DRAINING, "The server is shutting down"));
        }
    }

    private @Nullable Task poll() {
        Task task = waiting.poll();
        if (task != null) {
            count.decrementAndGet();
        }
        return task;
    }
}
