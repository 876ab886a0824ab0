package io.holdfast.commands;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.protocol.Command;
import io.holdfast.protocol.HistoryRequest;
import io.holdfast.protocol.PresenceRequest;
import io.holdfast.protocol.PresenceStatsRequest;
import io.holdfast.protocol.Request;
import io.holdfast.protocol.SubscribeRequest;
import io.holdfast.protocol.UnsubscribeRequest;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the commands of one connection in their order.
 *
 * <p><b>State.</b> A publish is carried out at once, even while earlier ones are being stored, so that they share a batch. A
 * command whose meaning may depend on a publish waits until all earlier ones are answered, and everything behind it waits
 * with it. While a handler decides about a command, all commands behind it wait.
 *
 * <p><b>Threads.</b> Commands come one at a time, from the transport; publishes are settled from any thread. One thread at a
 * time carries out commands: the one that brings them, or after a wait one of the executor's. None blocks while commands
 * wait.
 *
 * <p><b>Order.</b> First in, first out.
 */
final class CommandQueue {
    /** Commands that may wait for one connection. */
    static final int MOST_COMMANDS = 256;

    /** The most bytes of the frames of waiting commands: a few of the longest frames. */
    static final int MOST_BYTES = 256 << 10;

    private record Waiting(Command command, int bytes) {}

    private final Executor executor;
    private final Consumer<Command> work;

    @GuardedBy("this")
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>(2);

    @GuardedBy("this")
    private int bytes;

    /** How many publishes are being stored and not yet answered. */
    @GuardedBy("this")
    private int publishing;

    /** Whether a handler decides about a command. */
    @GuardedBy("this")
    private boolean deciding;

    @GuardedBy("this")
    private boolean busy;

    @GuardedBy("this")
    private boolean closed;

    /**
     * @param executor on which commands are carried out that had to wait
     * @param work carries out one command
     */
    CommandQueue(Executor executor, Consumer<Command> work) {
        this.executor = executor;
        this.work = work;
    }

    /**
     * Takes a command, and carries it out unless it has to wait.
     *
     * @param size what it takes of its frame, in bytes
     * @return false if too much waits already; then the command was not taken
     */
    boolean accept(Command command, int size) {
        synchronized (this) {
            if (waiting.size() >= MOST_COMMANDS || (bytes + size > MOST_BYTES && !waiting.isEmpty())) {
                return false;
            }
            waiting.add(new Waiting(command, size));
            bytes += size;
            if (busy) {
                return true;
            }
            busy = true;
        }
        run();
        return true;
    }

    /** A publish is being stored, says the work; {@link #published} follows. */
    synchronized void publishing() {
        publishing++;
    }

    /** A publish is answered. */
    void published() {
        synchronized (this) {
            publishing--;
            if (publishing > 0 || waiting.isEmpty() || busy) {
                return;
            }
            busy = true;
        }
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException | IllegalStateException e) { // the container stops: here rather than never
            run();
        }
    }

    /** A handler decides about the command that is being carried out, says the work: all others wait for {@link #release}. */
    synchronized void hold() {
        deciding = true;
    }

    /** The command has been carried out. What waits is carried out on this thread. */
    void release() {
        synchronized (this) {
            deciding = false;
            if (waiting.isEmpty() || busy) {
                return;
            }
            busy = true;
        }
        run();
    }

    /** The connection has ended: waiting commands are discarded. */
    synchronized void close() {
        closed = true;
        waiting.clear();
        bytes = 0;
    }

    private void run() {
        for (Command next = next(); next != null; next = next()) {
            work.accept(next);
        }
    }

    private synchronized @Nullable Command next() {
        Waiting next = waiting.peek();
        if (next == null || closed || deciding || (publishing > 0 && dependsOnPublishes(next.command()))) {
            busy = false;
            return null;
        }
        waiting.remove();
        bytes -= next.bytes();
        return next.command();
    }

    private static boolean dependsOnPublishes(Command command) {
        Request request = command.request();
        return request instanceof HistoryRequest
                || request instanceof SubscribeRequest
                || request instanceof UnsubscribeRequest
                || request instanceof PresenceRequest
                || request instanceof PresenceStatsRequest;
    }
}
