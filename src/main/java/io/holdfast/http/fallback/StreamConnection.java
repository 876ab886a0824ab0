package io.holdfast.http.fallback;

import io.holdfast.delivery.Connection;
import io.holdfast.delivery.Ending;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response as delivery writes to it: frame by frame, each flushed.
 *
 * <p><b>No WriteListener</b>: on Liberty a write blocks even with a listener (measured with 26.0.0.5, and seen in its stack:
 * the buffers are flushed synchronously). So the writer never writes more than the socket's buffer holds: frames above the
 * write credit wait until the client has answered a ping ({@link #mayExceedCredit}), and then no write blocks.
 *
 * <p><b>Threads.</b> The writer, or the container's for frames beyond the writer's own credit; closers. One lock, held while
 * the container is called, which does not call back.
 *
 * <p><b>Failure.</b> A failed write or a missed pong shows that the peer has left.
 */
final class StreamConnection implements Connection {
    private static final Logger LOG = Logger.getLogger(StreamConnection.class.getName());

    private final AsyncContext context;
    private final ServletOutputStream out;
    private final Framing framing;
    private final Duration sendTimeout;
    private final boolean ownSocket;
    private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean abandoned;

    private StreamConnection(
            AsyncContext context, ServletOutputStream out, Framing framing, Duration sendTimeout, boolean ownSocket) {
        this.context = context;
        this.out = out;
        this.framing = framing;
        this.sendTimeout = sendTimeout;
        this.ownSocket = ownSocket;
    }

    /** Takes over the response, whose head must be set. */
    static StreamConnection open(AsyncContext context, Framing framing, Duration sendTimeout) throws IOException {
        return new StreamConnection(
                context,
                context.getResponse().getOutputStream(),
                framing,
                sendTimeout,
                context.getRequest().getProtocol().startsWith("HTTP/1"));
    }

    /** Completes when nothing more is written. */
    CompletionStage<@Nullable Void> over() {
        return over;
    }

    /**
     * With HTTP/2 the peer limits how much it takes, whatever the size of the socket's buffer. So the writer's thread never
     * writes then.
     */
    @Override
    public boolean mayBlock() {
        return ownSocket;
    }

    @Override
    public boolean mayExceedCredit() {
        return false;
    }

    @Override
    public void send(byte[] frame, int length) throws IOException {
        write(framing.framed(frame, length));
    }

    @Override
    public void sendAsync(byte[] frame, int length, Consumer<@Nullable Throwable> done) throws IOException {
        byte[] framed = framing.framed(frame, length);
        try {
            context.start(() -> {
                Throwable failure = null;
                try {
                    write(framed);
                } catch (IOException e) {
                    failure = e;
                }
                done.accept(failure);
            });
        } catch (IllegalStateException e) {
            throw new IOException("The response is complete", e);
        }
    }

    @Override
    public void close(Ending ending) {
        try {
            if (!lock.tryLock(sendTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
                abandoned = true; // who writes completes it when the container gives the write up
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            abandoned = true;
            return;
        }
        try {
            out.write(framing.farewell(ending));
            out.flush();
        } catch (IOException | IllegalStateException e) {
            LOG.log(Level.FINE, "A peer had closed its connection before the last frame was written", e);
        } finally {
            complete();
            lock.unlock();
        }
    }

    private void write(byte[] framed) throws IOException {
        lock.lock();
        try {
            if (over.isDone()) {
                throw new IOException("The response is complete");
            }
            out.write(framed);
            out.flush();
        } catch (IllegalStateException e) {
            throw new IOException("The response is complete", e);
        } finally {
            if (abandoned) {
                complete();
            }
            lock.unlock();
        }
    }

    /**
     * Writes what tells the client nothing: to a peer that has left, this fails, or the next time. Does not wait for who writes
     * now, which finds out as well, nor where a peer that does not read could hold the thread up.
     */
    void probe() {
        if (!ownSocket || !lock.tryLock()) {
            return;
        }
        try {
            if (over.isDone()) {
                return;
            }
            out.write(framing.nothing());
            out.flush();
        } catch (IOException | IllegalStateException e) {
            LOG.log(Level.FINE, "A peer has left", e);
            complete();
        } finally {
            lock.unlock();
        }
    }

    private void complete() {
        if (over.complete(null)) {
            try {
                context.complete();
            } catch (IllegalStateException e) {
                LOG.log(Level.FINEST, "It was complete", e);
            }
        }
    }
}
