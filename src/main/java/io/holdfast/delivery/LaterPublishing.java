package io.holdfast.delivery;

import io.holdfast.stream.Receipt;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Publishing in two steps, for messages that wait elsewhere in between. Any thread. */
public interface LaterPublishing {

    /**
     * Checks a message to a client as {@link ResilientWebSocketManager#send} does, also while nothing can be published.
     *
     * @param json one JSON value
     * @throws DeliveryException if something is wrong with the message, or if the options make no sense for a message that is
     *     published later: it is not critical, or it has an id and shall not be deduplicated
     */
    LaterMessage checkSend(String client, String json, SendOptions how);

    /** Checks a message to a channel as {@link ResilientWebSocketManager#publish} does; else like {@link #checkSend}. */
    LaterMessage checkPublish(String channel, String json, SendOptions how);

    /**
     * Publishes messages of one channel, in order: none is stored before one that comes earlier in the list, unless the earlier
     * one is refused for good. A second call with an equal message answers with the first receipt as a duplicate, however
     * long after the first one, as long as the engine knows the id.
     *
     * <p>Only those messages from the beginning of the list are taken that can keep their order and for which there is room.
     *
     * @param messages at least one
     * @return the receipts of those that were taken, at least of the first one, in order; a stage completes exceptionally with
     *     {@link DeliveryException} as for {@link ResilientWebSocketManager#publish}
     * @throws DeliveryException if the first message is refused, or nothing can be published; nothing was taken
     */
    List<? extends CompletionStage<Receipt>> publish(List<LaterMessage> messages);

    /** Whether a call of {@link #publish} with this message would answer that it is a duplicate. Reads the engine. */
    boolean isPublished(LaterMessage message);
}
