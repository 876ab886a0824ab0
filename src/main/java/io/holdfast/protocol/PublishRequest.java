package io.holdfast.protocol;

/**
 * Publishes to a channel without a message id. {@link PublishCall} has a message id.
 *
 * @param json whether the data is one compact JSON value; otherwise it is as it came, over Protobuf, and may be anything
 * @param map whether it changes an entry of a map, which is another thing than a publication
 */
public record PublishRequest(String channel, byte[] data, boolean json, boolean map) implements Request {
    public PublishRequest(String channel, byte[] data) {
        this(channel, data, true, false);
    }
}
