package io.holdfast.protocol;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One form of the wire. Stateless; any thread.
 *
 * <p>Encoded pieces carry no separator. In JSON there is no line break in them, and the builder of a frame joins them with
 * <code>'\n'</code>; in Protobuf they begin with their length, and nothing stands between them.
 */
public interface Codec {

    /** Whether frames are bytes, on a transport that tells bytes from text. */
    boolean binary();

    /**
     * Reads all commands of a frame, at least one. All or nothing: if any part is malformed, none is returned.
     *
     * @throws MalformedFrameException for any bytes that are not commands; nothing else is ever thrown
     */
    List<Command> decode(byte[] frame) throws MalformedFrameException;

    /** As {@link #decode(byte[])}, for a text frame. */
    List<Command> decode(String frame) throws MalformedFrameException;

    byte[] reply(int id, Result result);

    default byte[] error(int id, ErrorCode error) {
        return error(id, error.code(), error.message(), error.temporary());
    }

    /** An error whose text is not of the protocol. @param temporary whether the same command may succeed later */
    byte[] error(int id, int code, String message, boolean temporary);

    /** The server's ping. The same array each time. */
    byte[] ping();

    /**
     * A publication for the subscribers of a channel. One without any tags has no field for them.
     *
     * @param offset 0 for one that is not in a stream; it is then left out
     * @param payload one compact JSON value
     * @param id the server's tag {@code id}; null if the server adds no tags
     * @param expiresAtMillis wall clock, the server's tag {@code expires}; {@link Long#MAX_VALUE} for never. Not read without an id
     * @param tags the publisher's
     * @param publisher the client that published it itself; null for none
     */
    byte[] publicationPush(
            String channel,
            long offset,
            byte[] payload,
            @Nullable String id,
            long expiresAtMillis,
            Map<String, String> tags,
            @Nullable ChannelMember publisher);

    /**
     * The same for a subscription with delta compression.
     *
     * @param data the payload, or a delta of it; in JSON it is sent as a string, and so it must be UTF-8
     * @param delta which of both
     */
    byte[] compressedPush(
            String channel,
            long offset,
            byte[] data,
            boolean delta,
            @Nullable String id,
            long expiresAtMillis,
            Map<String, String> tags,
            @Nullable ChannelMember publisher);

    /** Somebody subscribed to a channel. */
    byte[] joinPush(String channel, ChannelMember member);

    /** Somebody is subscribed no more. */
    byte[] leavePush(String channel, ChannelMember member);

    /** The server has subscribed the connection to a channel. @param data one compact JSON value for it; null for none */
    byte[] subscribePush(String channel, SubscribeResult subscription, byte @Nullable [] data);

    /** The server has changed when the connection must be refreshed. @param ttl seconds until then, if it expires */
    byte[] refreshPush(boolean expires, long ttl);

    /** Ends a subscription. From code 2500 on the SDK subscribes again. */
    byte[] unsubscribePush(String channel, int code, String reason);

    /** Announces the close on transports that have no close code of their own. */
    byte[] disconnectPush(int code, String reason, boolean reconnect);
}
