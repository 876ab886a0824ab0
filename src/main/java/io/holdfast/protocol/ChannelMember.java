package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A client that is subscribed to a channel, or has published to it: the schema's {@code ClientInfo}.
 *
 * @param client its id; {@code user} on the wire
 * @param connection id of its connection; {@code client} on the wire
 * @param connectionInfo one compact JSON value from the connect token; null for none
 * @param channelInfo one compact JSON value from the subscription token; null for none
 */
public record ChannelMember(
        String client, String connection, byte @Nullable [] connectionInfo, byte @Nullable [] channelInfo) {

    // Not the compact form: javac 17 forgets the annotation of its arrays in the class file.
    public ChannelMember(
            String client, String connection, byte @Nullable [] connectionInfo, byte @Nullable [] channelInfo) {
        this.client = client;
        this.connection = connection;
        this.connectionInfo = connectionInfo;
        this.channelInfo = channelInfo;
    }
}
