package io.holdfast.cluster;

import java.util.concurrent.CompletionStage;

/** A connection to another node, as a transport provides it. It carries whole frames in order. */
public interface LinkConnection {

    /**
     * Sends a frame without waiting. The next one is given only when the stage of this one has completed. The array is shared and
     * must not be written to.
     *
     * @return completes when the frame was handed to the network; exceptionally if the connection is broken
     */
    CompletionStage<?> send(byte[] frame);

    /** Closes the connection, whatever is still being sent. Idempotent. May wait for a few seconds. */
    void close();
}
