package io.holdfast.delivery;

import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.StoredStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The stored streams, devices and dead letters, for cleanup: whether they are in use, and how to remove them. Any thread.
 *
 * <p>The committer carries out a removal between two batches. The caller gives the time since when the resource is unused. A
 * resource that was used after that time is kept, so nothing that is used again meanwhile is lost. The stage says whether the
 * resource is removed, by this call or earlier. It fails with {@code EngineException}, or with {@link DeliveryException} if
 * too many removals wait or the server is shutting down.
 */
public interface StoredResources {

    /** The stored streams, ordered by name. @param after the list begins after this name; empty for the beginning */
    List<StoredStream> streams(String after, int max);

    /** The stored stream of this name; empty if there is none. */
    Optional<StoredStream> stored(String stream);

    /** Whether a stream is in memory, because a client is connected to it or was a moment ago. */
    boolean inUse(String stream);

    /** Whether a device has an open connection. */
    boolean isConnected(String client, String device);

    /** Whether its outbox retains messages that a client's device has not confirmed. */
    boolean hasPending(String client, DeviceCursor device);

    /** Forgets a device with its cursor, unless it is connected or was seen after the given moment. */
    CompletionStage<Boolean> forgetDevice(String client, String device, long unseenSinceMillis);

    /**
     * Forgets an empty stream with its devices, unless it is in memory or was used after the given time. No client can
     * connect to the stream meanwhile: it waits until it is decided whether the stream stays, and then learns the position.
     */
    CompletionStage<Boolean> forgetStream(String stream, long unusedSinceMillis);

    /** @see ResilientWebSocketManager#deadLetters */
    List<DeadLetter> letters(long after, int max);

    Optional<DeadLetter> letter(long number);

    /** Removes a dead letter from the list. */
    CompletionStage<Boolean> discardLetter(long number);
}
