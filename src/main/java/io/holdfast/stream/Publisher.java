package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The client that made a publication, as subscribers see it. The arrays are shared and must not be written to.
 *
 * @param client its id
 * @param connection id of the connection that published
 * @param connectionInfo one compact JSON value that belongs to the connection; null for none
 * @param channelInfo one compact JSON value that belongs to the client's subscription to the channel; null for none
 */
public record Publisher(
        String client, String connection, byte @Nullable [] connectionInfo, byte @Nullable [] channelInfo) {

    // Not the compact form: javac 17 forgets the annotation of its arrays in the class file.
    public Publisher(
            String client, String connection, byte @Nullable [] connectionInfo, byte @Nullable [] channelInfo) {
        this.client = requireNonNull(client, "client");
        this.connection = requireNonNull(connection, "connection");
        this.connectionInfo = connectionInfo;
        this.channelInfo = channelInfo;
    }

    /** The bytes of UTF-8 that it adds to the size of a publication. */
    public int bytes() {
        return client.getBytes(StandardCharsets.UTF_8).length
                + connection.getBytes(StandardCharsets.UTF_8).length
                + (connectionInfo == null ? 0 : connectionInfo.length)
                + (channelInfo == null ? 0 : channelInfo.length);
    }
}
