package io.holdfast.stream.rocksdb;

import io.holdfast.stream.EngineException;
import io.holdfast.stream.EngineException.Reason;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The engine's one thread that writes, so that a hanging disk hangs it and not the caller. Tasks run in the order given.
 *
 * <p>The queue is short: the committer gives one task at a time; only after time-outs do some wait.
 */
final class WriterThread {

    private static final int MAX_WAITING = 64;

    private final BlockingQueue<Runnable> tasks = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Thread thread = new Thread(this::run, "holdfast-engine-writer");
    private volatile boolean stopped;

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Completes the future on the writer's thread: what depends on it must be short. */
    <T> void submit(CompletableFuture<T> result, Supplier<T> task) {
        if (!tasks.offer(() -> complete(result, task))) {
            result.completeExceptionally(new EngineException(
                    Reason.TIMEOUT,
                    "The store has not answered for a while and too much waits for it. Look at the disk.",
                    null));
        }
        if (stopped) {
            runWhatIsLeft();
        }
    }

    /** Runs what waits, then the last task, and ends; false if the thread hangs in an earlier one. */
    boolean stop(Runnable last, long waitMillis) {
        try {
            boolean taken = tasks.offer(
                    () -> {
                        try {
                            last.run();
                        } finally {
                            stopped = true;
                        }
                    },
                    waitMillis,
                    TimeUnit.MILLISECONDS);
            if (taken) {
                thread.join(waitMillis);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private static <T> void complete(CompletableFuture<T> result, Supplier<T> task) {
        try {
            result.complete(task.get());
        } catch (EngineException failure) {
            result.completeExceptionally(failure);
        } catch (RuntimeException | Error failure) {
            result.completeExceptionally(new EngineException(
                    Reason.IO,
                    "The store failed unexpectedly: " + failure + ". It is reopened at the next attempt.",
                    failure));
        }
    }

    private void run() {
        while (!stopped) {
            try {
                tasks.take().run();
            } catch (InterruptedException notMeant) {
                // nobody interrupts this thread; whoever stops the engine gives a last task
            }
        }
        runWhatIsLeft();
    }

    /** Came too late: the tasks find the engine closed, and say so. */
    private void runWhatIsLeft() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
