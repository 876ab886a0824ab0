package io.holdfast.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first command of a connection.
 *
 * @param subs the positions from which server-side subscriptions go on, by channel
 * @param name of the SDK, may be empty
 * @param version of the SDK's application, may be empty
 */
public record ConnectRequest(
        @Nullable String token,
        byte @Nullable [] data,
        Map<String, RecoveryRequest> subs,
        String name,
        String version)
        implements Request {

    public ConnectRequest {
        subs = Map.copyOf(subs);
    }
}
