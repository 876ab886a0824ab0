package io.holdfast.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Runs tasks one after the other on an executor. Who gives them bounds their number. Any thread. */
final class InOrder {
    private final Executor executor;

    @GuardedBy("this")
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

    @GuardedBy("this")
    private boolean running;

    InOrder(Executor executor) {
        this.executor = executor;
    }

    /** @throws RuntimeException if the executor takes no tasks; then this one does not run */
    void run(Runnable task) {
        synchronized (this) {
            waiting.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        try {
            executor.execute(this::runAll);
        } catch (RuntimeException e) {
            synchronized (this) {
                running = false;
                waiting.remove(task);
            }
            throw e;
        }
    }

    private void runAll() {
        for (Runnable task = next(); task != null; task = next()) {
            task.run();
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable task = waiting.poll();
        running = task != null;
        return task;
    }
}
