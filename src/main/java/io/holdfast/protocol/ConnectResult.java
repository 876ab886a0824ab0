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
 * @param pong whether it wants an answer to them
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

    public ConnectResult {
        subs = Map.copyOf(subs);
    }
}
