package io.holdfast.access;

import io.holdfast.access.AccessDeniedException.Kind;
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
        return new Identity(insecureClient, insecureDevice, Identity.NEVER, null);
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

    /** Whether a client may subscribe to a channel. Every channel that begins with {@code #} is somebody's outbox. */
    public ChannelAccess maySubscribe(String client, String channel) {
        if (!Names.isChannel(channel)) {
            return ChannelAccess.DENIED;
        }
        if (channel.startsWith(OUTBOX_PREFIX)) {
            boolean own = channel.length() == client.length() + 1 && channel.endsWith(client);
            return own ? ChannelAccess.OWN_OUTBOX : ChannelAccess.DENIED;
        }
        return options.clientsMaySubscribe() ? ChannelAccess.ALLOWED : ChannelAccess.DENIED;
    }

    /** Whether a client may publish to a channel; to an outbox, its own included, in insecure mode only. */
    public boolean mayPublish(String client, String channel) {
        if (!Names.isChannel(channel)) {
            return false;
        }
        return channel.startsWith(OUTBOX_PREFIX) ? options.insecure() : options.clientsMayPublish();
    }
}
