package io.holdfast.stream;

import io.holdfast.stream.EngineException.Reason;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * An engine's one thread that writes, so that a hanging disk or database hangs it and not the caller. Tasks run in the order
 * given.
 *
 * <p>The queue is short: the committer gives one task at a time; only after time-outs do some wait.
 */
public final class WriterThread {

    private static final int MAX_WAITING = 64;

    private final BlockingQueue<Runnable> tasks = new ArrayBlockingQueue<>(MAX_WAITING);
    /** No write takes longer than this, nor does reopening the store. */
    private static final long STUCK_NANOS = TimeUnit.MINUTES.toNanos(2);

    /** Made in advance: there may be no memory for it when it is wanted. */
    private static final EngineException LOST =
            new EngineException(Reason.IO, "The store failed unexpectedly; see the log.", null);

    private final LongSupplier nanos;
    private volatile Thread thread = make();
    private volatile boolean stopped;
    private volatile boolean busy;
    private volatile long busySinceNanos;

    /** @param nanos as {@link System#nanoTime} */
    public WriterThread(LongSupplier nanos) {
        this.nanos = nanos;
    }

    private Thread make() {
        Thread made = new Thread(this::run, "holdfast-engine-writer");
        made.setDaemon(true);
        return made;
    }

    public void start() {
        thread.start();
    }

    /** Whether it hangs in a task for longer than any may take. */
    public boolean stuck() {
        return busy && nanos.getAsLong() - busySinceNanos > STUCK_NANOS;
    }

    /** The store is in a known state after each task, also after one that failed: so another thread can continue. */
    private void begin() {
        if (!thread.isAlive()) {
            beginAnother();
        }
    }

    private synchronized void beginAnother() {
        if (!stopped && !thread.isAlive() && thread.getState() != Thread.State.NEW) {
            System.getLogger(WriterThread.class.getName())
                    .log(
                            System.Logger.Level.ERROR,
                            "The store's writer has ended unexpectedly; a new one continues its work.");
            Thread next = make();
            thread = next;
            next.start();
        }
    }

    /** Completes the future on the writer's thread: what depends on it must be short. */
    public <T> void submit(CompletableFuture<T> result, Supplier<T> task) {
        if (!tasks.offer(() -> complete(result, task))) {
            result.completeExceptionally(new EngineException(
                    Reason.TIMEOUT,
                    "The store has not answered for some time, and too many writes wait for it. Check its disk, or its database.",
                    null));
        }
        if (stopped) {
            runWhatIsLeft();
        } else {
            begin();
        }
    }

    /** Runs what waits, then the last task, and ends; false if the thread hangs in an earlier one. */
    public boolean stop(Runnable last, long waitMillis) {
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
                begin();
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
        } finally {
            if (!result.isDone()) {
                result.completeExceptionally(LOST);
            }
        }
    }

    private void run() {
        while (!stopped) {
            try {
                Runnable task = tasks.take();
                busySinceNanos = nanos.getAsLong();
                busy = true;
                try {
                    task.run();
                } finally {
                    busy = false;
                }
            } catch (InterruptedException notMeant) {
                // no code interrupts this thread; to stop the engine, a last task is added
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
