package io.holdfast.delivery;

import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One open WebSocket (or fallback transport) as delivery writes to it. The transport's room provides it.
 *
 * <p>Duties: the caller requests only one write at a time and waits for it. The frame's bytes belong to the caller again as soon
 * as a method returns, so copy bytes that are needed later.
 */
public interface Connection {

    /**
     * Whether bytes above the write credit may be written, asynchronously. Otherwise they wait until the client has answered a
     * ping. The answer never changes.
     */
    default boolean mayExceedCredit() {
        return true;
    }

    /** Whether {@link #send} may be called: a write within the credit does not block. The answer never changes. */
    default boolean mayBlock() {
        return true;
    }

    /**
     * Writes one frame and returns when it is in the socket's buffer. May block while that buffer is full.
     *
     * @throws IOException if the connection is unusable
     */
    void send(byte[] frame, int length) throws IOException;

    /**
     * Begins to write one frame.
     *
     * @param done called exactly once, on any thread but never inline: with null when the frame was written, otherwise with the
     *     failure, at the latest after the transport's send timeout
     * @throws IOException if the connection is unusable; then {@code done} is not called
     */
    void sendAsync(byte[] frame, int length, Consumer<@Nullable Throwable> done) throws IOException;

    /** Closes. May block for seconds, so it is called on a closer's thread. Never throws. */
    void close(Ending ending);
}
