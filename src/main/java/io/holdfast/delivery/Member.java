package io.holdfast.delivery;

import org.jspecify.annotations.Nullable;

/**
 * A connection that is subscribed to a channel, as others may see it.
 *
 * @param client its id
 * @param connection id of the connection
 * @param connectionInfo one compact JSON value that belongs to the connection; null for none
 * @param channelInfo one compact JSON value that belongs to the subscription; null for none
 */
public record Member(
        String client, String connection, byte @Nullable [] connectionInfo, byte @Nullable [] channelInfo) {

    // Not the compact form: javac 17 forgets the annotation of its arrays in the class file.
    public Member(String client, String connection, byte @Nullable [] connectionInfo, byte @Nullable [] channelInfo) {
        this.client = client;
        this.connection = connection;
        this.connectionInfo = connectionInfo;
        this.channelInfo = channelInfo;
    }
}
