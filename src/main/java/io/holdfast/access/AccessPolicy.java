package io.holdfast.access;

import org.jspecify.annotations.Nullable;

/** Decides who may connect, subscribe and publish. */
public final class AccessPolicy {

    public AccessPolicy(AccessOptions options) {}

    /**
     * Who connects.
     *
     * @param insecureClient the id by which it calls itself; counts in insecure mode only, and only without token
     * @param insecureDevice likewise
     * @param nowMillis wall clock
     */
    public Identity authenticate(
            @Nullable String token, @Nullable String insecureClient, @Nullable String insecureDevice, long nowMillis)
            throws AccessDeniedException {
        throw new UnsupportedOperationException();
    }

    /**
     * Whether a handshake is let through.
     *
     * @param origin the header; null for programs that are no browsers
     * @param host the header, with port
     */
    public boolean mayOpen(@Nullable String origin, @Nullable String host) {
        throw new UnsupportedOperationException();
    }

    public ChannelAccess maySubscribe(String client, String channel) {
        throw new UnsupportedOperationException();
    }

    public boolean mayPublish(String client, String channel) {
        throw new UnsupportedOperationException();
    }
}
