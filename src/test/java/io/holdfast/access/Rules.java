package io.holdfast.access;

import io.holdfast.delivery.Deduplication;
import io.holdfast.stream.Retention;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Access options for tests: one secret, one rule for channels without namespace, and whatever namespaces there are. */
public final class Rules {
    private Rules() {}

    public static AccessOptions options(
            boolean insecure,
            @Nullable String secret,
            AllowedClients subscribe,
            AllowedClients publish,
            List<String> origins) {
        return options(
                insecure,
                IdentitySource.TOKEN,
                TokenOptions.ofSecret(secret),
                new Namespaces(
                        namespace("#", AllowedClients.NOBODY, AllowedClients.NOBODY, 0),
                        namespace("", subscribe, publish, 0),
                        List.of(),
                        insecure),
                origins);
    }

    public static AccessOptions options(
            boolean insecure,
            IdentitySource identity,
            TokenOptions tokens,
            Namespaces namespaces,
            List<String> origins) {
        return new AccessOptions(
                insecure, identity, Anonymous.TOKEN, tokens, tokens, namespaces, List.of("dev"), false, origins);
    }

    /** A namespace where presence and history are for whom publishing is for. */
    public static Namespace namespace(
            String name, AllowedClients subscribe, AllowedClients others, int publishesPerSecond) {
        return new Namespace(
                name,
                subscribe,
                others,
                others,
                others,
                false,
                true,
                false,
                true,
                PayloadForm.JSON,
                true,
                true,
                new Retention(1000, 8L << 20, Retention.Overflow.DROP_OLDEST),
                Duration.ofSeconds(300),
                new Deduplication(Duration.ofSeconds(300), null, false),
                publishesPerSecond,
                0);
    }

    /** Open to clients, and its subscribers are told who comes and goes whether they ask or not. */
    public static Namespace loud(String name) {
        Namespace open = namespace(name, AllowedClients.CLIENTS, AllowedClients.CLIENTS, 0);
        return new Namespace(
                name,
                open.subscribe(),
                open.publish(),
                open.presence(),
                open.history(),
                false,
                true,
                true,
                open.tagFilters(),
                open.payload(),
                open.deltas(),
                open.recovery(),
                open.retention(),
                open.timeToLive(),
                open.deduplication(),
                0,
                0);
    }

    /** Open to clients, and names such as {@code dialog:7#u1,u2} open a channel to the clients that they list. */
    static Namespace userLimited(String name, AllowedClients subscribe) {
        Namespace open = namespace(name, subscribe, AllowedClients.CLIENTS, 0);
        return new Namespace(
                name,
                open.subscribe(),
                open.publish(),
                open.presence(),
                open.history(),
                true,
                true,
                true,
                open.tagFilters(),
                open.payload(),
                open.deltas(),
                open.recovery(),
                open.retention(),
                open.timeToLive(),
                open.deduplication(),
                0,
                0);
    }

    /** Open to clients, who may not filter. */
    public static Namespace unfiltered(String name) {
        Namespace open = namespace(name, AllowedClients.CLIENTS, AllowedClients.CLIENTS, 0);
        return new Namespace(
                name,
                open.subscribe(),
                open.publish(),
                open.presence(),
                open.history(),
                false,
                true,
                false,
                false,
                open.payload(),
                open.deltas(),
                open.recovery(),
                open.retention(),
                open.timeToLive(),
                open.deduplication(),
                0,
                0);
    }

    /** Open to clients, and payloads may be any bytes. */
    public static Namespace opaque(String name) {
        Namespace open = namespace(name, AllowedClients.CLIENTS, AllowedClients.CLIENTS, 0);
        return new Namespace(
                name,
                open.subscribe(),
                open.publish(),
                open.presence(),
                open.history(),
                false,
                true,
                false,
                open.tagFilters(),
                PayloadForm.ANY,
                open.deltas(),
                open.recovery(),
                open.retention(),
                open.timeToLive(),
                open.deduplication(),
                0,
                0);
    }

    /** Namespaces by name; without a name the channels are closed. */
    public static Namespaces namespaces(Namespace... named) {
        return new Namespaces(
                namespace("#", AllowedClients.NOBODY, AllowedClients.NOBODY, 0),
                namespace("", AllowedClients.NOBODY, AllowedClients.NOBODY, 0),
                List.of(named),
                false);
    }
}
