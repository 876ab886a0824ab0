package io.holdfast.delivery;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One open WebSocket (or fallback transport) as delivery writes to it. The transport's room provides it.
 *
 * <p>Duties: one write at a time is all that is ever asked for, the caller waits for it; the frame's bytes belong to the
 * caller again as soon as a method returns, so copy what is kept.
 */
public interface Connection {

    /**
     * Whether more than the write credit may be under way, written asynchronously. Otherwise what exceeds it waits until
     * the client has answered a ping. Always the same.
     */
    default boolean mayExceedCredit() {
        return true;
    }

    /** Whether {@link #send} may be called: what it is given within the credit does not block. Always the same. */
    default boolean mayBlock() {
        return true;
    }

    /**
     * Writes one frame and returns when it lies in the socket's buffer. May block while that buffer is full.
     *
     * @throws IOException if the connection is unusable
     */
    void send(byte[] frame, int length) throws IOException;

    /**
     * Begins to write one frame.
     *
     * @param done called exactly once, on any thread but never inline: with null when the frame was written, else with
     *     what went wrong, at the latest when the transport's send timeout is over
     * @throws IOException if the connection is unusable; then {@code done} is not called
     */
    void sendAsync(byte[] frame, int length, Consumer<@Nullable Throwable> done) throws IOException;

    /** Closes. May block for seconds; called on a thread that can afford it. Never throws. */
    void close(Ending ending);
}
