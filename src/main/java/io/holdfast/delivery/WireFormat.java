package io.holdfast.delivery;

import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import org.jspecify.annotations.Nullable;

/** One wire format: how a publication becomes a piece, and pieces a frame. Stateless; any thread. */
public interface WireFormat {

    /**
     * A publication's push; offset 0 stands for a non-critical one without offset.
     *
     * @return null if this format cannot carry its payload
     */
    byte @Nullable [] publication(String channel, Publication publication);

    /**
     * The same for a subscription with delta compression.
     *
     * @param previous the publication that the client was given last; null if that is not known: then the payload comes whole
     */
    byte @Nullable [] compressed(String channel, Publication publication, @Nullable Publication previous);

    /** A client has subscribed to a channel. */
    byte[] joined(String channel, Member member);

    /** A client is no longer subscribed to a channel. */
    byte[] left(String channel, Member member);

    /**
     * The server has subscribed the connection to a channel.
     *
     * @param from the position after which publications follow
     * @param data one compact JSON value for the client; null for none
     */
    byte[] subscribed(String channel, Position from, byte @Nullable [] data);

    /** The server has ended a subscription. From code 2500 on the client subscribes again. */
    byte[] unsubscribed(String channel, int code, String reason);

    /** The server has changed when the connection must be refreshed. @param ttl seconds until then; 0 for never */
    byte[] refreshed(long ttl);

    /** A ping. */
    byte[] ping();

    /** The separator between two pieces of a frame: empty or one byte. */
    byte[] separator();
}
