package io.holdfast.handlers.calls;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.watch.Fatal;
import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.HandlerException;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One call of a handler.
 *
 * <p><b>State.</b> It ends once: with the handler's answer or failure, or by being given up. What comes after that is dropped.
 */
final class Call<A extends @Nullable Object> implements Runnable {
    private static final Logger LOG = Logger.getLogger(Call.class.getName());
    private static final int INTERNAL = 100;
    private static final int ID_LENGTH = 8;

    private final Calls calls;
    private final CallLane lane;
    private final CallKind kind;
    private final Handler<A> handler;
    private final ClientCall asked;
    private final BiConsumer<@Nullable A, @Nullable HandlerException> done;
    private volatile long startedAt;

    /** That is in the handler; null before and after it. */
    @GuardedBy("this")
    private @Nullable Thread thread;

    @GuardedBy("this")
    private @Nullable CompletionStage<A> stage;

    @GuardedBy("this")
    private boolean ran;

    @GuardedBy("this")
    private boolean ended;

    Call(
            Calls calls,
            CallLane lane,
            CallKind kind,
            Handler<A> handler,
            ClientCall asked,
            BiConsumer<@Nullable A, @Nullable HandlerException> done) {
        this.calls = calls;
        this.lane = lane;
        this.kind = kind;
        this.handler = handler;
        this.asked = asked;
        this.done = done;
    }

    CallKind kind() {
        return kind;
    }

    /** By the clock of {@code nanoTime}. */
    long startedAt() {
        return startedAt;
    }

    void startAt(long nanos) {
        startedAt = nanos;
    }

    synchronized boolean hasEnded() {
        return ended;
    }

    @Override
    public void run() {
        synchronized (this) {
            if (ended) {
                return; // it waited too long for a thread
            }
            ran = true;
            thread = Thread.currentThread();
            calls.running();
        }
        CompletionStage<A> answer;
        try {
            answer = Objects.requireNonNull(handler.answer(asked), "the handler returned no stage");
        } catch (Throwable e) {
            left(null);
            end(null, e);
            Fatal.rethrow(e);
            return;
        }
        left(answer);
        answer.whenComplete(this::end);
    }

    /** The thread has come back. Its interrupt, which may have come late, is not that of the next call. */
    private void left(@Nullable CompletionStage<A> answer) {
        boolean late;
        synchronized (this) {
            thread = null;
            stage = answer;
            late = ended;
        }
        boolean interrupted = Thread.interrupted();
        if (late) {
            calls.stuck(-1);
            LOG.log(Level.FINE, "A handler came back after its call was given up, interrupted: {0}", interrupted);
            cancel(answer);
        }
    }

    /** Ends it without an answer. @return false if it had ended */
    boolean giveUp(String why) {
        CompletionStage<A> unfinished;
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
            if (thread != null) {
                thread.interrupt();
                calls.stuck(1);
            }
            unfinished = stage;
        }
        cancel(unfinished);
        conclude(null, new HandlerException(INTERNAL, why, true), false);
        return true;
    }

    private static void cancel(@Nullable CompletionStage<?> stage) {
        if (stage instanceof Future<?> future) {
            future.cancel(true);
        }
    }

    private void end(@Nullable A value, @Nullable Throwable failure) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
        }
        if (failure == null) {
            conclude(value, null, false);
            return;
        }
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof HandlerException refusal) {
            conclude(null, refusal, true);
        } else {
            conclude(null, logged(cause), false);
        }
    }

    /** What the client is told of a failure that is none of its business: the id by which it is found in the log. */
    private HandlerException logged(Throwable failure) {
        String id = UUID.randomUUID().toString().substring(0, ID_LENGTH);
        LOG.log(
                Level.WARNING,
                "The handler for " + kind.word() + " " + asked.target() + " failed for client "
                        + asked.caller().client() + ", error id " + id,
                failure);
        return new HandlerException(INTERNAL, "internal server error, id " + id, true);
    }

    private void conclude(@Nullable A value, @Nullable HandlerException failure, boolean refusal) {
        boolean wasRunning;
        synchronized (this) {
            wasRunning = ran;
        }
        calls.finished(this, wasRunning, failure != null, refusal);
        try {
            done.accept(value, failure);
        } finally {
            lane.next();
        }
    }
}
