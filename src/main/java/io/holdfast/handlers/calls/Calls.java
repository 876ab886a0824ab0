package io.holdfast.handlers.calls;

import io.holdfast.delivery.watch.Latency;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * All calls of handlers on this node. {@link #lane} gives each connection its own order.
 *
 * <p><b>Threads.</b> Any. Handlers run on the executor's threads; {@link #sweep} must be called several times a second.
 *
 * <p><b>Failure.</b> A call that takes too long is given up: its caller gets a failure, its thread is interrupted, and the connection's next
 * call goes on. A thread that does not react to that is lost until it ends, and counted as stuck.
 */
public final class Calls {
    private final Executor executor;
    private final CallSettings settings;
    private final LongSupplier nanos;
    private final AtomicInteger unfinished = new AtomicInteger();
    private final Set<Call<?>> started = ConcurrentHashMap.newKeySet();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger stuck = new AtomicInteger();
    private final AtomicLongArray finished = new AtomicLongArray(CallKind.values().length);
    private final AtomicLongArray failed = new AtomicLongArray(CallKind.values().length);
    private final LongAdder refused = new LongAdder();
    private final LongAdder timedOut = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final Latency duration = new Latency();

    /**
     * @param executor has {@link CallSettings#threads} threads, and a queue without bound
     * @param nanos as {@link System#nanoTime}
     */
    public Calls(Executor executor, CallSettings settings, LongSupplier nanos) {
        this.executor = executor;
        this.settings = settings;
        this.nanos = nanos;
    }

    /** The calls of one connection. */
    public CallLane lane() {
        return new CallLane(this, settings.waitingPerConnection());
    }

    /** Gives up the calls that take too long. */
    public void sweep() {
        long now = nanos.getAsLong();
        for (Call<?> call : started) {
            if (now - call.startedAt() >= settings.timeout().toNanos() && call.giveUp("time limit exceeded")) {
                timedOut.increment();
            }
        }
    }

    public CallStats stats() {
        int runningNow = running.get();
        return new CallStats(
                sums(finished),
                sums(failed),
                refused.sum(),
                timedOut.sum(),
                rejected.sum(),
                runningNow,
                Math.max(0, unfinished.get() - runningNow),
                stuck.get(),
                duration.snapshot());
    }

    private static Map<CallKind, Long> sums(AtomicLongArray counts) {
        Map<CallKind, Long> sums = new EnumMap<>(CallKind.class);
        for (CallKind kind : CallKind.values()) {
            sums.put(kind, counts.get(kind.ordinal()));
        }
        return sums;
    }

    /** Makes room for one more call. @return false if there are too many; that is counted */
    boolean admit() {
        if (unfinished.incrementAndGet() <= settings.waiting()) {
            return true;
        }
        unfinished.decrementAndGet();
        reject();
        return false;
    }

    void reject() {
        rejected.increment();
    }

    /** It is the call's turn: from now on its time runs. */
    void start(Call<?> call) {
        call.startAt(nanos.getAsLong());
        started.add(call);
        executor.execute(call);
    }

    /** A call has its thread. */
    void running() {
        running.incrementAndGet();
    }

    /** The call's thread goes on after it was given up. */
    void stuck(int change) {
        stuck.addAndGet(change);
    }

    /**
     * A call has an end.
     *
     * @param ran whether its handler was called
     * @param refusal whether its failure is one that the handler wanted
     */
    void finished(Call<?> call, boolean ran, boolean failure, boolean refusal) {
        started.remove(call);
        unfinished.decrementAndGet();
        finished.incrementAndGet(call.kind().ordinal());
        if (ran) {
            running.decrementAndGet();
            duration.record(TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - call.startedAt()));
        }
        if (refusal) {
            refused.increment();
        } else if (failure) {
            failed.incrementAndGet(call.kind().ordinal());
        }
    }
}
