package io.holdfast.delivery;

import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.StoredStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What is stored, whether anybody uses it, and how it is removed: for whoever cleans up. Any thread.
 *
 * <p>A removal is done by the committer between two batches, names the moment since when the thing was unused, and does
 * nothing to one that was used after it: so nothing that comes alive meanwhile is lost. Its stage says whether the thing
 * is gone, also where it was gone before; it fails with {@code EngineException}, or with {@link DeliveryException} where too
 * many wait and at the end of the server.
 */
public interface StoredResources {

    /** The stored streams in order of their names. @param after the name behind which to begin; empty for the first */
    List<StoredStream> streams(String after, int max);

    /** Empty where nothing of this name is stored. */
    Optional<StoredStream> stored(String stream);

    /** Whether a stream is in memory, because somebody is connected to it or was a moment ago. */
    boolean inUse(String stream);

    /** Whether a device has an open connection. */
    boolean isConnected(String client, String device);

    /** Whether its outbox retains messages that a client's device has not confirmed. */
    boolean hasPending(String client, DeviceCursor device);

    /** Forgets a device with its cursor, unless it is connected or was seen after the given moment. */
    CompletionStage<Boolean> forgetDevice(String client, String device, long unseenSinceMillis);

    /**
     * Forgets an empty stream with all that is known of it, unless it is in memory or was used after the given moment. Nobody
     * can connect to it meanwhile: who comes then learns its position when the stream is gone or will stay.
     */
    CompletionStage<Boolean> forgetStream(String stream, long unusedSinceMillis);

    /** @see ResilientWebSocketManager#deadLetters */
    List<DeadLetter> letters(long after, int max);

    Optional<DeadLetter> letter(long number);

    /** Takes a dead letter out of the list for good. */
    CompletionStage<Boolean> discardLetter(long number);
}
