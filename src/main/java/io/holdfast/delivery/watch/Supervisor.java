package io.holdfast.delivery.watch;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.DeliveryThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Watches the long-lived threads of delivery.
 *
 * <p>Each runs a loop that may begin again at any time, since what it needs is kept outside of it or read anew. A loop that an
 * unexpected error ends begins again on the same thread. After a fatal error ({@link Fatal}), when it ends again and again, or
 * when its thread is gone, it has <i>failed</i>; so has one whose present turn lasts longer than 30 s, for as long as it lasts.
 * Then this node is not live, and takes no messages.
 *
 * <p>Any thread. Whoever wants to publish, and health, look themselves if nobody has for a second: no watching thread need live.
 */
public final class Supervisor {
    /** Longer than any time limit of what a turn waits for. */
    static final long HANGS_NANOS = TimeUnit.SECONDS.toNanos(30);

    static final int DEATHS = 10;

    private static final Logger LOG = Logger.getLogger(Supervisor.class.getName());
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long DEATHS_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final DeliveryThreads.Named threads;
    private final DeliveryClock clock;
    private final BooleanSupplier engineStuck;

    private final CopyOnWriteArrayList<Worker> workers = new CopyOnWriteArrayList<>();

    private volatile List<String> failed = List.of();
    private volatile long lookedAtNanos;
    private final AtomicLong restarts = new AtomicLong();

    /** @param engineStuck whether the engine is in a state from which only a new process helps */
    public Supervisor(DeliveryThreads.Named threads, DeliveryClock clock, BooleanSupplier engineStuck) {
        this.threads = threads;
        this.clock = clock;
        this.engineStuck = engineStuck;
        this.lookedAtNanos = clock.nanos();
    }

    /**
     * Makes threads whose loops are watched. A loop that returns has ended in order.
     *
     * @param part its name
     * @param whenFailed called when the loop does not begin again
     */
    public ThreadFactory part(String part, Runnable whenFailed) {
        ThreadFactory factory = threads.factory(part);
        return loop -> {
            Worker worker = new Worker(part, loop, whenFailed);
            Thread thread = factory.newThread(worker);
            worker.thread = thread;
            workers.removeIf(each -> each.ended && !each.dead);
            workers.add(worker);
            return thread;
        };
    }

    public ThreadFactory part(String part) {
        return part(part, () -> {});
    }

    /** The names of what has failed and not come back, as of at most a second ago. */
    public List<String> failed() {
        long now = clock.nanos();
        if (now - lookedAtNanos >= LOOK_NANOS) {
            look(now);
        }
        return failed;
    }

    /** How often a loop began again. */
    public long restarts() {
        return restarts.get();
    }

    void look(long nowNanos) {
        lookedAtNanos = nowNanos;
        List<String> found = new ArrayList<>();
        for (Worker worker : workers) {
            if (worker.hasFailed(nowNanos) && !found.contains(worker.part)) {
                found.add(worker.part);
            }
        }
        if (engineStuck.getAsBoolean()) {
            found.add("engine");
        }
        if (!found.equals(failed)) {
            LOG.log(
                    found.isEmpty() ? Level.INFO : Level.SEVERE,
                    found.isEmpty()
                            ? "All threads work again; messages are accepted"
                            : "These threads have failed or hang: {0}. No messages are accepted; if this continues, restart the"
                                    + " server.",
                    found);
            failed = List.copyOf(found);
        }
    }

    /** One thread's life. */
    private final class Worker implements Runnable {
        private final String part;
        private final Runnable loop;
        private final Runnable whenFailed;
        private final Heartbeat heartbeat = new Heartbeat();
        private final AtomicBoolean told = new AtomicBoolean();
        private volatile @Nullable Thread thread;
        private volatile boolean started;
        private volatile boolean ended;
        private volatile boolean dead;
        private int deaths;
        private long firstDeathNanos;

        Worker(String part, Runnable loop, Runnable whenFailed) {
            this.part = part;
            this.loop = loop;
            this.whenFailed = whenFailed;
        }

        @Override
        public void run() {
            started = true;
            heartbeat.take();
            while (!ended) {
                try {
                    loop.run();
                    ended = true;
                } catch (RuntimeException e) {
                    died(e);
                } catch (Error e) {
                    died(e);
                    if (dead) {
                        throw e;
                    }
                }
            }
        }

        private void died(Throwable cause) {
            heartbeat.rests();
            dead = !mayGoOn(cause);
            if (dead) {
                ended = cause instanceof RuntimeException; // nobody above wants it; an Error is thrown on
                look(clock.nanos());
                LOG.log(Level.SEVERE, "The thread " + part + " has failed for good; restart the server", cause);
                return;
            }
            LOG.log(Level.SEVERE, "The thread " + part + " met an unexpected error and was started again", cause);
            restarts.incrementAndGet();
            LockSupport.parkNanos(PAUSE_NANOS);
        }

        private boolean mayGoOn(Throwable cause) {
            if (Fatal.is(cause)) {
                return false;
            }
            long now = clock.nanos();
            if (deaths == 0 || now - firstDeathNanos > DEATHS_NANOS) {
                firstDeathNanos = now;
                deaths = 0;
            }
            return ++deaths < DEATHS;
        }

        private boolean hasFailed(long nowNanos) {
            Thread mine = thread;
            boolean gone = dead || (started && !ended && mine != null && !mine.isAlive());
            if (gone && told.compareAndSet(false, true)) {
                whenFailed.run();
            }
            return gone || (!ended && heartbeat.turnNanos(nowNanos) > HANGS_NANOS);
        }
    }
}
