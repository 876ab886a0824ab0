package io.holdfast.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first command of a connection.
 *
 * @param subs the positions from which server-side subscriptions continue, by channel
 * @param name of the SDK, may be empty
 * @param version of the SDK's application, may be empty
 */
public record ConnectRequest(
        @Nullable String token, byte @Nullable [] data, Map<String, RecoveryRequest> subs, String name, String version)
        implements Request {

    // Not the compact form: javac 17 forgets the annotation of its array in the class file.
    public ConnectRequest(
            @Nullable String token,
            byte @Nullable [] data,
            Map<String, RecoveryRequest> subs,
            String name,
            String version) {
        this.token = token;
        this.data = data;
        this.subs = Map.copyOf(subs);
        this.name = name;
        this.version = version;
    }
}
