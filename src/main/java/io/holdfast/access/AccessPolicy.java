package io.holdfast.access;

import io.holdfast.access.AccessDeniedException.Kind;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.RateLimit;
import io.holdfast.stream.EngineException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides which clients may connect, subscribe and publish. Any thread. It waits only, for at most a second, for a key that a
 * connect or subscription token needs and that must be fetched first ({@link TokenOptions#jwksUrl}).
 */
public final class AccessPolicy {

    private final AccessOptions options;
    private final ConnectTokens connectTokens;
    private final SubscriptionTokens subscriptionTokens;
    private final Origins origins;
    private final Revocations revocations;
    private final LiveIdentities live = new LiveIdentities();
    private final ConcurrentHashMap<String, RateLimit> publishRates = new ConcurrentHashMap<>();

    /** Without earlier revocations. The keys of a JWKS are fetched on the calling thread, and once only. */
    public AccessPolicy(AccessOptions options) {
        this(options, Revocations.inMemory(), Runnable::run, () -> 0);
    }

    /**
     * @param executor on which keys are fetched
     * @param nanos as {@link System#nanoTime}
     * @throws IllegalArgumentException if an option cannot work
     */
    public AccessPolicy(AccessOptions options, Revocations revocations, Executor executor, LongSupplier nanos) {
        this.options = options;
        SignedTokens signed = new SignedTokens(options.connectTokens(), executor, nanos);
        this.connectTokens = new ConnectTokens(signed);
        this.subscriptionTokens = new SubscriptionTokens(
                options.subscriptionTokens().equals(options.connectTokens())
                        ? signed
                        : new SignedTokens(options.subscriptionTokens(), executor, nanos));
        this.origins = new Origins(options.allowedOrigins(), options.insecure());
        this.revocations = revocations;
    }

    /** Like {@link #authenticate(String, Login, String, String, Instant)}, without a login of the container. */
    public Identity authenticate(
            @Nullable String token, @Nullable String insecureClient, @Nullable String insecureDevice, Instant now)
            throws AccessDeniedException {
        return authenticate(token, null, insecureClient, insecureDevice, now);
    }

    /**
     * Identifies the client of a new connection. If there is a token, it must be valid.
     *
     * <p>A token without {@code sub}, and, where {@link AccessOptions#anonymous} says so, a client without token and login makes a
     * guest.
     *
     * @param login the login that the container has checked at the handshake; null for none
     * @param insecureClient the name that the client gives itself; used only in insecure mode, and only if nothing else says
     *     which client it is. A client that names neither itself nor a device is a guest
     * @param insecureDevice likewise
     * @param now wall time
     */
    public Identity authenticate(
            @Nullable String token,
            @Nullable Login login,
            @Nullable String insecureClient,
            @Nullable String insecureDevice,
            Instant now)
            throws AccessDeniedException {
        long nowMillis = now.toEpochMilli();
        Identity identity = identify(token, login, insecureClient, insecureDevice, nowMillis);
        if (revocations.hit(identity, nowMillis)) {
            throw AccessDeniedException.invalid("revoked");
        }
        requireChannels(identity);
        return identity;
    }

    /**
     * Refuses an identity that the server cannot subscribe to its channels.
     *
     * @throws AccessDeniedException of kind UNKNOWN_CHANNEL or PERMISSION
     */
    public void requireChannels(Identity identity) throws AccessDeniedException {
        if (identity.channels().size() > ConnectTokens.MAX_CHANNELS) {
            throw new AccessDeniedException(Kind.PERMISSION, "more than " + ConnectTokens.MAX_CHANNELS + " channels");
        }
        for (String channel : identity.channels()) {
            if (!Names.isChannel(channel)) {
                throw new AccessDeniedException(Kind.PERMISSION, "a name that is not a channel's");
            }
            Namespace namespace = options.namespaces().find(channel);
            if (namespace == null) {
                throw new AccessDeniedException(Kind.UNKNOWN_CHANNEL, "a channel in an unknown namespace");
            }
            if (namespace.subscribe() == AllowedClients.NOBODY) {
                throw new AccessDeniedException(Kind.PERMISSION, "a channel that no client may subscribe to");
            }
        }
    }

    private Identity identify(
            @Nullable String token,
            @Nullable Login login,
            @Nullable String insecureClient,
            @Nullable String insecureDevice,
            long nowMillis)
            throws AccessDeniedException {
        if (token != null) {
            if (options.identity() == IdentitySource.CONTAINER) {
                throw AccessDeniedException.invalid("clients are identified by the container's login, not by a token");
            }
            Identity identity = connectTokens.verify(token, nowMillis);
            if (identity.guest() && options.anonymous() == Anonymous.NOBODY) {
                throw AccessDeniedException.invalid("without sub, and anonymous clients are refused");
            }
            return identity;
        }
        if (login != null && options.identity() != IdentitySource.TOKEN) {
            if (!Names.isClient(login.name())) {
                throw new AccessDeniedException(Kind.UNAUTHORIZED, "the principal's name is not a client's name");
            }
            return Identity.loggedIn(login, nowMillis);
        }
        if (!options.insecure()) {
            if (options.anonymous() == Anonymous.EVERYBODY) {
                return Identity.anonymous(nowMillis);
            }
            throw new AccessDeniedException(Kind.UNAUTHORIZED, "neither a token nor a valid login");
        }
        if (insecureClient == null && insecureDevice == null) {
            return Identity.anonymous(nowMillis);
        }
        if (insecureClient == null) {
            throw new AccessDeniedException(Kind.UNAUTHORIZED, "connect.data has a device, but no client");
        }
        if (!Names.isClient(insecureClient)) {
            throw new AccessDeniedException(Kind.INVALID_CLIENT, "connect.data.client is not a client's name");
        }
        if (insecureDevice != null && !Names.isDevice(insecureDevice)) {
            throw new AccessDeniedException(Kind.UNAUTHORIZED, "connect.data.device is not a device's name");
        }
        return Identity.presented(insecureClient, insecureDevice, nowMillis);
    }

    /**
     * Whether a handshake is accepted.
     *
     * @param origin the header; null for programs that are not browsers
     * @param host the header, with port
     */
    public boolean mayOpen(@Nullable String origin, @Nullable String host) {
        return origins.allows(origin, host);
    }

    /**
     * Whether a client may subscribe to a channel. Every channel that begins with {@code #} is an outbox. If there is a token, it
     * must be valid. Without one, a channel whose name begins with {@code $} is for nobody, and one whose name looks like {@code
     * dialog#u1,u2} is only for the clients that it lists, and only where its namespace says so ({@link Namespace#userLimited}). A token does not open an outbox, a channel that is for {@code nobody}, or a channel in an unknown
     * namespace.
     *
     * @param token a subscription token; null if it has none
     * @param now wall time
     * @throws AccessDeniedException if the token is not valid, of kind INVALID_TOKEN, TOKEN_EXPIRED or UNAVAILABLE
     */
    public SubscribeGrant maySubscribe(Identity who, String channel, @Nullable String token, Instant now)
            throws AccessDeniedException {
        long nowMillis = now.toEpochMilli();
        if (!Names.isChannel(channel) || revocations.hit(who, nowMillis)) {
            return SubscribeGrant.of(ChannelAccess.DENIED);
        }
        if (Names.isOutbox(channel)) {
            boolean own = !who.guest() && channel.equals(Names.outbox(who.client()));
            return SubscribeGrant.of(own ? ChannelAccess.OWN_OUTBOX : ChannelAccess.DENIED);
        }
        Namespace namespace = options.namespaces().find(channel);
        if (namespace == null) {
            return SubscribeGrant.of(ChannelAccess.UNKNOWN);
        }
        if (namespace.subscribe() == AllowedClients.NOBODY) {
            return SubscribeGrant.of(ChannelAccess.DENIED);
        }
        if (token != null) {
            SubscribeGrant grant = subscriptionTokens.verify(token, who, channel, nowMillis);
            if (revocations.hitToken(grant.tokenId(), nowMillis)) {
                throw AccessDeniedException.invalid("revoked");
            }
            return grant;
        }
        if (Namespaces.isPrivate(channel)) {
            return SubscribeGrant.of(ChannelAccess.DENIED);
        }
        if (UserLimits.looksLimited(channel)) {
            boolean listed = namespace.userLimited() && UserLimits.lists(channel, who);
            return SubscribeGrant.of(listed ? ChannelAccess.ALLOWED : ChannelAccess.DENIED);
        }
        return SubscribeGrant.of(
                namespace.subscribe() == AllowedClients.CLIENTS ? ChannelAccess.ALLOWED : ChannelAccess.NEEDS_TOKEN);
    }

    /**
     * Whether a client may do something on a channel. On one whose name begins with {@code $}, only those may that are subscribed; on
     * one whose name looks like {@code dialog#u1,u2}, those that are listed or subscribed. To an outbox, its own included, it may publish in insecure mode only.
     *
     * @param subscribed whether it is subscribed to the channel now
     */
    public boolean may(Action action, Identity who, String channel, boolean subscribed) {
        if (!Names.isChannel(channel)) {
            return false;
        }
        if (Names.isOutbox(channel)) {
            return switch (action) {
                case PUBLISH -> options.insecure();
                case PRESENCE, HISTORY -> false;
            };
        }
        Namespace namespace = options.namespaces().find(channel);
        if (namespace == null) {
            return false;
        }
        if (!subscribed && !letsIn(namespace, channel, who)) {
            return false; // whoever let it subscribe has let it in
        }
        return switch (allowed(action, namespace)) {
            case NOBODY -> false;
            case SUBSCRIBERS -> subscribed;
            case CLIENTS -> true;
        };
    }

    /** Whether a channel's namespace lets any client do it. For outboxes, the namespaces say nothing. */
    public boolean offers(Action action, String channel) {
        return Names.isOutbox(channel) || allowed(action, namespace(channel)) != AllowedClients.NOBODY;
    }

    private static AllowedClients allowed(Action action, Namespace namespace) {
        return switch (action) {
            case PUBLISH -> namespace.publish();
            case PRESENCE -> namespace.presence();
            case HISTORY -> namespace.history();
        };
    }

    /** Whether a channel's name keeps nobody out, or lists the client. */
    private static boolean letsIn(Namespace namespace, String channel, Identity who) {
        if (Namespaces.isPrivate(channel)) {
            return false;
        }
        return !UserLimits.looksLimited(channel) || (namespace.userLimited() && UserLimits.lists(channel, who));
    }

    /** Whether a channel's namespace exists. If not, every command for the channel gets error 102. */
    public boolean knows(String channel) {
        return options.namespaces().find(channel) != null;
    }

    /** The rules for a channel. A channel in an unknown namespace has those of channels without a namespace. */
    public Namespace namespace(String channel) {
        return options.namespaces().storing(channel);
    }

    /**
     * Counts a publish by a client, which may do it.
     *
     * @param nowNanos monotonic
     * @return whether it stays within {@link Namespace#publishesPerSecond}: else error 111
     */
    public boolean withinRate(Identity who, String channel, long nowNanos) {
        Namespace namespace = namespace(channel);
        int perSecond = namespace.publishesPerSecond();
        return perSecond == 0
                || publishRates
                        .computeIfAbsent(namespace.name(), name -> new RateLimit(Duration.ofSeconds(1), nowNanos))
                        .take(who.client(), perSecond, nowNanos);
    }

    /**
     * Records that a connection is open with an identity, which may replace an earlier one.
     *
     * @param close ends the connection; called on the thread that revokes
     * @return false if the identity has been revoked in between: then the connection must be ended with 3500
     */
    public boolean entered(String connection, Identity identity, Consumer<Ending> close, Instant now) {
        live.entered(connection, identity, close);
        return !revocations.hit(identity, now.toEpochMilli());
    }

    /**
     * Records that a subscription of an open connection has this grant, which may replace an earlier one.
     *
     * @param end ends the subscription; called on the thread that revokes its token
     * @return false if the token has been revoked in between: then the subscription must be ended
     */
    public boolean subscribed(String connection, String channel, SubscribeGrant grant, Runnable end, Instant now) {
        live.subscribed(connection, channel, grant.tokenId(), end);
        return !revocations.hitToken(grant.tokenId(), now.toEpochMilli());
    }

    /** A subscription has ended, in whatever way. @param end as given to {@link #subscribed} */
    public void unsubscribed(String connection, String channel, Runnable end) {
        live.unsubscribed(connection, channel, end);
    }

    /** A connection has ended. */
    public void left(String connection) {
        live.left(connection);
    }

    /**
     * What a revocation did here.
     *
     * @param closed the number of closed connections
     * @param change which change of this node it is, for {@link #learn} on others; 0 where this node is alone
     */
    public record Revoked(int closed, long change) {}

    /**
     * Revokes a client or token: closes its connections on this node with 3500, and ends subscriptions made with the token.
     *
     * @throws EngineException if it could not be stored; it is in force on this node until the next start all the same
     * @throws IllegalStateException if there are too many
     */
    public Revoked revoke(Revocation revocation, Instant now) {
        long change;
        try {
            change = revocations.add(revocation, now.toEpochMilli());
        } catch (EngineException e) {
            live.end(revocation);
            throw e;
        }
        return new Revoked(end(revocation, now), change);
    }

    private int end(Revocation revocation, Instant now) {
        return revocation.expiresAtMillis() > now.toEpochMilli() ? live.end(revocation) : 0;
    }

    /**
     * Another node has revoked something: it is in force here now.
     *
     * @param change which change of that node it is
     * @return the number of connections that were closed here
     */
    public int learn(Revocation revocation, long node, long change, Instant now) {
        revocations.learn(revocation, node, change);
        return end(revocation, now);
    }

    /**
     * Reads what other nodes have revoked without this one being told. To be called every second; waits for the store.
     *
     * @throws EngineException if it cannot be read now
     */
    public void readRevocations(Instant now) {
        revocations.readChanges().forEach(fresh -> end(fresh, now));
    }

    public Revocations revocations() {
        return revocations;
    }
}
