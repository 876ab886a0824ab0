package io.holdfast.handlers;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a client connects; {@link #accept} as its token says. Immutable: each method returns a changed copy.
 *
 * <p>A value for the client ({@code info}, {@code data}) is made JSON by JSON-B; a {@code JsonValue}, {@code String} or {@code
 * byte[]} is JSON already.
 *
 * @param client its id; null for the one that the token or login names
 * @param device its name; null for the one that the token or the client names
 * @param info what others see of it in presence; null for the token's
 * @param data what it gets in the connect reply; null for nothing
 * @param expiresAt when the connection must be refreshed, by a token or by an {@link OnRefresh} method; null for when the token or login expires
 * @param channels to which the server subscribes it, beside those of the token
 * @param meta what later calls of this connection have as {@link ClientCall#meta}, and no client sees; null for nothing
 */
public record ConnectDecision(
        @Nullable String client,
        @Nullable String device,
        @Nullable Object info,
        @Nullable Object data,
        @Nullable Instant expiresAt,
        List<String> channels,
        @Nullable Object meta) {

    private static final ConnectDecision ACCEPT = new ConnectDecision(null, null, null, null, null, List.of(), null);

    public ConnectDecision {
        channels = List.copyOf(channels);
    }

    public static ConnectDecision accept() {
        return ACCEPT;
    }

    public ConnectDecision as(String client) {
        return new ConnectDecision(client, device, info, data, expiresAt, channels, meta);
    }

    public ConnectDecision onDevice(String device) {
        return new ConnectDecision(client, device, info, data, expiresAt, channels, meta);
    }

    public ConnectDecision withInfo(Object info) {
        return new ConnectDecision(client, device, info, data, expiresAt, channels, meta);
    }

    public ConnectDecision withData(Object data) {
        return new ConnectDecision(client, device, info, data, expiresAt, channels, meta);
    }

    public ConnectDecision until(Instant expiresAt) {
        return new ConnectDecision(client, device, info, data, expiresAt, channels, meta);
    }

    public ConnectDecision withMeta(Object meta) {
        return new ConnectDecision(client, device, info, data, expiresAt, channels, meta);
    }

    /** Also subscribes it to these channels; no outbox can be among them. */
    public ConnectDecision subscribedTo(String... channels) {
        List<String> all = new ArrayList<>(this.channels);
        all.addAll(List.of(channels));
        return new ConnectDecision(client, device, info, data, expiresAt, all, meta);
    }

    /** With its values as JSON. */
    public ConnectDecision encoded(Function<Object, byte[]> json) {
        return new ConnectDecision(
                client, device, Json.of(info, json), Json.of(data, json), expiresAt, channels, Json.of(meta, json));
    }
}
