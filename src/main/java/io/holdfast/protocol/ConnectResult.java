package io.holdfast.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answer to connect.
 *
 * @param client id of the connection (the schema's word {@code client}), not of the client
 * @param version of the server
 * @param expires whether the connection must be refreshed within {@code ttlSeconds}
 * @param subs the server-side subscriptions, by channel
 * @param pingSeconds how often the server pings; 0 for never
 * @param pong whether the server wants an answer to its pings
 * @param data one compact JSON value for the application
 */
public record ConnectResult(
        String client,
        String version,
        boolean expires,
        long ttlSeconds,
        Map<String, SubscribeResult> subs,
        int pingSeconds,
        boolean pong,
        String session,
        String node,
        byte @Nullable [] data)
        implements Result {

    // Not the compact form: javac 17 forgets the annotation of its array in the class file.
    public ConnectResult(
            String client,
            String version,
            boolean expires,
            long ttlSeconds,
            Map<String, SubscribeResult> subs,
            int pingSeconds,
            boolean pong,
            String session,
            String node,
            byte @Nullable [] data) {
        this.client = client;
        this.version = version;
        this.expires = expires;
        this.ttlSeconds = ttlSeconds;
        this.subs = Map.copyOf(subs);
        this.pingSeconds = pingSeconds;
        this.pong = pong;
        this.session = session;
        this.node = node;
        this.data = data;
    }
}
