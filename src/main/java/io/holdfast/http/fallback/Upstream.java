package io.holdfast.http.fallback;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands a client's frames to its conversation one at a time, in the order in which they came, whatever threads bring them.
 * A thread that brings a frame while another is at work leaves it there and does not wait.
 */
final class Upstream {
    private static final int MOST_BYTES = 1 << 20;

    private final String connection;
    private final Consumer<byte[]> conversation;

    @GuardedBy("this")
    private final ArrayDeque<byte[]> frames = new ArrayDeque<>(2);

    @GuardedBy("this")
    private int waiting;

    @GuardedBy("this")
    private boolean busy;

    /** @param connection id of the conversation's connection */
    Upstream(String connection, Consumer<byte[]> conversation) {
        this.connection = connection;
        this.conversation = conversation;
    }

    String connection() {
        return connection;
    }

    /** Takes a frame, and carries it out here or leaves it to the thread that is at work, as the other method. */
    boolean receive(byte[] frame) {
        return receive(frame, Runnable::run);
    }

    /**
     * Takes a frame, and carries it out on the executor, or leaves it to the thread that is at work.
     *
     * @return false if too much waits already; then the frame was not taken
     */
    boolean receive(byte[] frame, Executor executor) {
        synchronized (this) {
            if (waiting + frame.length > MOST_BYTES) {
                return false;
            }
            frames.add(frame);
            waiting += frame.length;
            if (busy) {
                return true;
            }
            busy = true;
        }
        try {
            executor.execute(this::carryOut);
        } catch (RejectedExecutionException e) { // the container stops: here rather than never
            carryOut();
        }
        return true;
    }

    private void carryOut() {
        boolean finished = false;
        try {
            for (byte[] next = next(); next != null; next = next()) {
                conversation.accept(next);
            }
            finished = true;
        } finally {
            if (!finished) {
                release();
            }
        }
    }

    /** A failure must not delay the frames after it. */
    private synchronized void release() {
        busy = false;
    }

    private synchronized byte @Nullable [] next() {
        byte[] next = frames.poll();
        if (next == null) {
            busy = false;
        } else {
            waiting -= next.length;
        }
        return next;
    }
}
