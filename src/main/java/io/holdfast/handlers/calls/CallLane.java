package io.holdfast.handlers.calls;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.HandlerException;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one connection: one at a time, in the order in which they came. What was taken runs, also after the connection
 * has ended. Any thread.
 */
public final class CallLane {
    private final Calls calls;
    private final int most;

    @GuardedBy("this")
    private final ArrayDeque<Call<?>> waiting = new ArrayDeque<>(2);

    /** The one that runs; null if none does. It stays here for a moment after its end. */
    @GuardedBy("this")
    private @Nullable Call<?> current;

    CallLane(Calls calls, int most) {
        this.calls = calls;
        this.most = most;
    }

    /**
     * Calls a handler when all earlier calls of this connection have ended.
     *
     * @param done called once with the answer or with a failure, before the connection's next call begins; on any thread, and
     *     must not wait
     * @return false if too many calls wait: then it is not called
     */
    public <A extends @Nullable Object> boolean call(
            CallKind kind,
            Handler<A> handler,
            ClientCall asked,
            BiConsumer<@Nullable A, @Nullable HandlerException> done) {
        return call(kind, handler, asked, done, most);
    }

    /**
     * As {@link #call}, however many calls of the client wait: for the few that the server makes by itself, which no client may keep
     * from being made.
     *
     * @return false if too many calls wait in the whole server
     */
    public <A extends @Nullable Object> boolean callUnasked(
            CallKind kind,
            Handler<A> handler,
            ClientCall asked,
            BiConsumer<@Nullable A, @Nullable HandlerException> done) {
        return call(kind, handler, asked, done, Integer.MAX_VALUE - 1);
    }

    private <A extends @Nullable Object> boolean call(
            CallKind kind,
            Handler<A> handler,
            ClientCall asked,
            BiConsumer<@Nullable A, @Nullable HandlerException> done,
            int mostWaiting) {
        Call<A> call = new Call<>(calls, this, kind, handler, asked, done);
        synchronized (this) {
            int room = current != null && current.hasEnded() ? mostWaiting + 1 : mostWaiting;
            if (current != null && waiting.size() >= room) {
                calls.reject();
                return false;
            }
            if (!calls.admit()) {
                return false;
            }
            if (current != null) {
                waiting.add(call);
                return true;
            }
            current = call;
        }
        start(call);
        return true;
    }

    /** The running call has ended. */
    void next() {
        Call<?> next;
        synchronized (this) {
            next = waiting.poll();
            current = next;
        }
        if (next != null) {
            start(next);
        }
    }

    private void start(Call<?> call) {
        try {
            calls.start(call);
        } catch (RejectedExecutionException | IllegalStateException e) { // the container stops
            call.giveUp("shutting down");
        }
    }
}
