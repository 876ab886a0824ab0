package io.holdfast.commands;

import io.holdfast.access.AccessOptions;
import io.holdfast.access.AccessPolicy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request is accepted, before the client is known. Cross-site pages are refused. In insecure mode every
 * request must come over loopback and use a loopback name: otherwise a foreign name that resolves to loopback would give any
 * web page access. At the start the gateway finds out on which addresses the server listens; where the system does not tell, the
 * first request from outside does, and the log says so. Any thread.
 */
@ApplicationScoped
public class HandshakeCheck {
    private static final Logger LOG = Logger.getLogger(HandshakeCheck.class.getName());
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Set<String> LOOPBACK_ADDRESSES = Set.of("127.0.0.1", "::1", "0:0:0:0:0:0:0:1");

    private final AccessPolicy access;
    private final boolean loopbackOnly;

    /** Whether the log has it that others reach this server: once, since anybody can ask again and again. */
    private final AtomicBoolean told = new AtomicBoolean();

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected HandshakeCheck() {
        access = null;
        loopbackOnly = true;
    }

    @Inject
    public HandshakeCheck(AccessPolicy access, AccessOptions options) {
        this.access = access;
        this.loopbackOnly = options.insecure();
    }

    /**
     * The same for a request whose host header may be missing, as over HTTP/2: then the server's name and port, which the
     * container has from {@code :authority}, are the host. The header counts first, since a page cannot set it.
     */
    public boolean mayOpen(
            @Nullable String origin,
            @Nullable String host,
            String serverName,
            int serverPort,
            @Nullable String localAddress) {
        return mayOpen(origin, host == null ? serverName + ":" + serverPort : host, localAddress);
    }

    /**
     * @param origin the header; null for programs that are not browsers
     * @param host the header, with port
     * @param localAddress at which the server was reached
     */
    public boolean mayOpen(@Nullable String origin, @Nullable String host, @Nullable String localAddress) {
        if (loopbackOnly && !(overLoopback(localAddress) && loopbackName(host))) {
            return false;
        }
        return access.mayOpen(origin, host);
    }

    private boolean overLoopback(@Nullable String localAddress) {
        boolean loopback = localAddress != null && LOOPBACK_ADDRESSES.contains(localAddress);
        if (!loopback && told.compareAndSet(false, true)) {
            LOG.log(
                    Level.SEVERE,
                    "INSECURE MODE (holdfast.insecure=true), but this server listens on {0} too. A request that came there"
                            + " was refused, as all others will be. Make the server listen on localhost only, or set"
                            + " holdfast.insecure to false with a token secret and API keys.",
                    localAddress);
        }
        return loopback;
    }

    private static boolean loopbackName(@Nullable String host) {
        if (host == null) {
            return false;
        }
        int port = host.lastIndexOf(':');
        String name = port > host.lastIndexOf(']') ? host.substring(0, port) : host;
        return LOOPBACK_NAMES.contains(name);
    }
}
