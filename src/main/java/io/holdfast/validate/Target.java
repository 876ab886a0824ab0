package io.holdfast.validate;

import io.holdfast.client.Json;
import io.holdfast.client.Tokens;
import io.holdfast.client.Trust;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gateway under test.
 *
 * @param base {@code http://host:port}, the user's own proxy if there is one
 * @param health where health and metrics answer; null if nobody knows
 * @param apiKey null if there is none; then nothing can be published
 * @param tokenSecret for HS256; null for a gateway in insecure mode, where clients name themselves
 * @param trust where the addresses are https
 */
public record Target(
        URI base,
        @Nullable URI health,
        @Nullable String apiKey,
        @Nullable String tokenSecret,
        Trust trust) {
    /** Long enough for a server whose clock is put an hour ahead. */
    static final long LIFE_SECONDS = 10_800;

    /** One whose certificate Java trusts, if it has one. */
    public Target(URI base, @Nullable URI health, @Nullable String apiKey, @Nullable String tokenSecret) {
        this(base, health, apiKey, tokenSecret, Trust.ofJava());
    }

    boolean insecure() {
        return tokenSecret == null;
    }

    /** The WebSocket endpoint in this format. */
    URI endpoint(Format format) {
        return endpoint(base, format);
    }

    /** The same behind something on this machine that passes bytes on. */
    URI endpointThrough(int port, Format format) {
        return endpoint(URI.create("http://localhost:" + port), format);
    }

    private static URI endpoint(URI base, Format format) {
        String path = base.getPath() == null ? "" : base.getPath().replaceFirst("/$", "");
        String scheme = "https".equals(base.getScheme()) ? "wss" : "ws";
        return URI.create(scheme + "://" + base.getRawAuthority() + path + "/connection/websocket" + format.query());
    }

    /** The fields of a connect request that say who connects. @param data more fields of its data, each after a comma */
    String identity(String client, String data) {
        return tokenSecret == null
                ? "\"data\":{\"client\":" + Json.quoted(client) + data + "}"
                : "\"token\":\"" + token(Map.of("sub", client), LIFE_SECONDS) + "\",\"data\":{"
                        + data.replaceFirst("^,", "") + "}";
    }

    /** The field that allows a subscription, after a comma; empty where nobody asks for one. */
    String permission(String client, String channel) {
        return tokenSecret == null
                ? ""
                : ",\"token\":\"" + token(Map.of("sub", client, "channel", channel), LIFE_SECONDS) + "\"";
    }

    /** A signed token. @param lifeSeconds until it expires; below 0 it has */
    String token(Map<String, String> claims, long lifeSeconds) {
        if (tokenSecret == null) {
            throw new IllegalStateException("there is no secret to sign with");
        }
        return token(tokenSecret, claims, lifeSeconds);
    }

    static String token(String secret, Map<String, String> claims, long lifeSeconds) {
        return tokenUntil(secret, claims, Instant.now().getEpochSecond() + lifeSeconds);
    }

    /** A signed token. @param epochSecond when it expires */
    String tokenUntil(Map<String, String> claims, long epochSecond) {
        if (tokenSecret == null) {
            throw new IllegalStateException("there is no secret to sign with");
        }
        return tokenUntil(tokenSecret, claims, epochSecond);
    }

    private static String tokenUntil(String secret, Map<String, String> claims, long epochSecond) {
        return Tokens.hs256(secret, Json.object(json -> {
            for (Map.Entry<String, String> claim : claims.entrySet()) {
                json.writeStringField(claim.getKey(), claim.getValue());
            }
            json.writeNumberField("exp", epochSecond);
        }));
    }
}
