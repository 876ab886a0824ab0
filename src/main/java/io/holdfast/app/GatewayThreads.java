package io.holdfast.app;

import io.holdfast.delivery.DeliveryThreads;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Delivery's threads, taken from the container. */
final class GatewayThreads {
    /** A close can hang for 5.5 s on Liberty (measured); further closes wait, which does no harm. */
    private static final int CLOSERS = 8;

    private GatewayThreads() {}

    static DeliveryThreads of(ManagedThreadFactory factory, ManagedExecutorService executor) {
        return new DeliveryThreads(part -> named(factory, part), executor, pool(named(factory, "closer"), CLOSERS));
    }

    private static ThreadFactory named(ThreadFactory factory, String part) {
        return work -> {
            Thread thread = factory.newThread(work);
            thread.setName("holdfast-" + part);
            return thread;
        };
    }

    /** For handlers: threads of their own, since those of the container's executor read what clients send. */
    static ExecutorService handlers(ThreadFactory factory, int most) {
        return pool(named(factory, "handler"), most);
    }

    private static ThreadPoolExecutor pool(ThreadFactory factory, int most) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(most, most, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
