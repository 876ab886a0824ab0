package io.holdfast.access;

import io.holdfast.access.AccessDeniedException.Kind;
import io.holdfast.delivery.Deduplication;
import io.holdfast.stream.Retention;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Decides who may connect, subscribe and publish. Immutable; any thread. */
public final class AccessPolicy {

    private static final String OUTBOX_PREFIX = "#";

    private final AccessOptions options;
    private final @Nullable ConnectTokens tokens;
    private final Origins origins;

    public AccessPolicy(AccessOptions options) {
        this.options = options;
        this.tokens = options.secret() == null ? null : new ConnectTokens(options.secret());
        this.origins = new Origins(options.allowedOrigins(), options.insecure());
    }

    /**
     * Who connects. A token always counts, and must then be good.
     *
     * @param insecureClient the id by which it calls itself; counts in insecure mode only, and only without token
     * @param insecureDevice likewise
     * @param nowMillis wall clock
     */
    public Identity authenticate(
            @Nullable String token, @Nullable String insecureClient, @Nullable String insecureDevice, long nowMillis)
            throws AccessDeniedException {
        if (token != null) {
            if (tokens == null) {
                throw new AccessDeniedException(Kind.INVALID_TOKEN, "no token secret is configured");
            }
            return tokens.verify(token, nowMillis);
        }
        if (!options.insecure()) {
            throw new AccessDeniedException(Kind.UNAUTHORIZED, "no token");
        }
        if (insecureClient == null || !Names.isClient(insecureClient)) {
            throw new AccessDeniedException(Kind.UNAUTHORIZED, "connect.data.client is not a client's name");
        }
        if (insecureDevice != null && !Names.isDevice(insecureDevice)) {
            throw new AccessDeniedException(Kind.UNAUTHORIZED, "connect.data.device is not a device's name");
        }
        return Identity.named(insecureClient, insecureDevice, Identity.NEVER);
    }

    /**
     * Whether a handshake is let through.
     *
     * @param origin the header; null for programs that are no browsers
     * @param host the header, with port
     */
    public boolean mayOpen(@Nullable String origin, @Nullable String host) {
        return origins.allows(origin, host);
    }

    /**
     * Whether a client may subscribe to a channel. Every channel that begins with {@code #} is somebody's outbox.
     *
     * @param token a subscription token; null if it has none
     * @param nowMillis wall clock
     * @throws AccessDeniedException if the token is not good, of kind INVALID_TOKEN or TOKEN_EXPIRED
     */
    @SuppressWarnings("UnusedVariable")
    public SubscribeGrant maySubscribe(Identity who, String channel, @Nullable String token, long nowMillis)
            throws AccessDeniedException {
        if (!Names.isChannel(channel)) {
            return SubscribeGrant.of(ChannelAccess.DENIED);
        }
        if (channel.startsWith(OUTBOX_PREFIX)) {
            String client = who.client();
            boolean own = channel.length() == client.length() + 1 && channel.endsWith(client);
            return SubscribeGrant.of(own ? ChannelAccess.OWN_OUTBOX : ChannelAccess.DENIED);
        }
        return SubscribeGrant.of(options.clientsMaySubscribe() ? ChannelAccess.ALLOWED : ChannelAccess.DENIED);
    }

    /**
     * Whether a client may do something on a channel; to an outbox, its own included, it may publish in insecure mode only.
     *
     * @param subscribed whether it is subscribed to the channel now
     */
    public boolean may(Action action, Identity who, String channel, boolean subscribed) {
        if (!Names.isChannel(channel)) {
            return false;
        }
        if (channel.startsWith(OUTBOX_PREFIX)) {
            return switch (action) {
                case PUBLISH -> options.insecure();
                case PRESENCE, HISTORY -> false;
            };
        }
        return action == Action.PUBLISH ? options.clientsMayPublish() : options.insecure();
    }

    /** What applies to a channel. */
    public Namespace namespace(String channel) {
        return new Namespace(
                "",
                Who.CLIENTS,
                Who.CLIENTS,
                Who.CLIENTS,
                Who.CLIENTS,
                true,
                true,
                new Retention(1000, 8L << 20, Retention.Overflow.DROP_OLDEST),
                Duration.ofSeconds(300),
                new Deduplication(Duration.ofSeconds(300), null, false),
                0);
    }
}
