package io.holdfast.access;

import io.holdfast.delivery.OutsideTime;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The identity of the client of a connection.
 *
 * @param client the token's {@code sub}, or the name of the container's principal
 * @param device the token's claim {@code device}; null if it names none
 * @param expiresAtMillis wall clock; {@link #NEVER} for none
 * @param tokenId the token's {@code jti}
 * @param info one compact JSON value, the token's claim {@code info}; shown in presence
 * @param channels to which the server subscribes it at once, from the token's claims
 * @param issuedAtMillis wall clock: the token's {@code iat}, or when the container's login was presented; 0 if it is not
 *     known
 * @param guest let in without a name: {@code client} is then one that no connection has had before, and
 *     there is no outbox
 * @param claims of the token, as JSON; empty without a token
 * @param roles of the container's login
 */
public record Identity(
        String client,
        @Nullable String device,
        long expiresAtMillis,
        @Nullable String tokenId,
        byte @Nullable [] info,
        List<String> channels,
        long issuedAtMillis,
        boolean guest,
        Map<String, Object> claims,
        Set<String> roles) {

    /** Nobody yet: no token and no login says who the client is. */
    public static final Identity NOBODY = named("", null, Identity.NEVER);

    /** Expiry of an identity that does not expire. */
    public static final long NEVER = Long.MAX_VALUE;

    // Not the compact form: javac 17 forgets the annotation of its array in the class file.
    public Identity(
            String client,
            @Nullable String device,
            long expiresAtMillis,
            @Nullable String tokenId,
            byte @Nullable [] info,
            List<String> channels,
            long issuedAtMillis,
            boolean guest,
            Map<String, Object> claims,
            Set<String> roles) {
        this.client = client;
        this.device = device;
        this.expiresAtMillis = expiresAtMillis;
        this.tokenId = tokenId;
        this.info = info;
        this.channels = List.copyOf(channels);
        this.issuedAtMillis = issuedAtMillis;
        this.guest = guest;
        this.claims = Collections.unmodifiableMap(claims); // which may have nulls
        this.roles = Set.copyOf(roles);
    }

    /** One without claims and roles. */
    public Identity(
            String client,
            @Nullable String device,
            long expiresAtMillis,
            @Nullable String tokenId,
            byte @Nullable [] info,
            List<String> channels,
            long issuedAtMillis,
            boolean guest) {
        this(client, device, expiresAtMillis, tokenId, info, channels, issuedAtMillis, guest, Map.of(), Set.of());
    }

    /** One that brings nothing but its names. */
    public static Identity named(String client, @Nullable String device, long expiresAtMillis) {
        return new Identity(client, device, expiresAtMillis, null, null, List.of(), 0, false);
    }

    /** One that is presented now and does not expire. */
    static Identity presented(String client, @Nullable String device, long nowMillis) {
        return new Identity(client, device, NEVER, null, null, List.of(), nowMillis, false);
    }

    /** One that says nothing of itself. */
    static Identity anonymous(long nowMillis) {
        return new Identity(guestName(), null, NEVER, null, null, List.of(), nowMillis, true);
    }

    /** The name of a client that has none: no connection has had it before. */
    static String guestName() {
        return "guest-" + UUID.randomUUID();
    }

    /** Whether a newer token is of the same client. A guest has a name for this connection only, and tokens of guests have none. */
    public boolean sameClient(Identity newer) {
        return guest ? newer.guest : !newer.guest && client.equals(newer.client);
    }

    /** The identity of a login of the container. */
    static Identity loggedIn(Login login, long nowMillis) {
        return new Identity(
                login.name(),
                null,
                login.expiresAtMillis(),
                login.tokenId(),
                null,
                List.of(),
                nowMillis,
                false,
                Map.of(),
                login.roles());
    }

    /**
     * As an application has decided. Null, or no channel, leaves what is known.
     *
     * @param moreChannels beside those that the token names
     */
    public Identity decided(
            @Nullable String newClient,
            byte @Nullable [] newInfo,
            @Nullable Instant newExpiry,
            List<String> moreChannels,
            Instant now) {
        Set<String> all = new LinkedHashSet<>(channels);
        all.addAll(moreChannels);
        return new Identity(
                newClient == null ? client : newClient,
                device,
                newExpiry == null
                        ? expiresAtMillis
                        : OutsideTime.atMost(newExpiry).toEpochMilli(),
                tokenId,
                newInfo == null ? info : newInfo,
                List.copyOf(all),
                client.isEmpty() ? now.toEpochMilli() : issuedAtMillis,
                guest && newClient == null,
                claims,
                roles);
    }

    /**
     * The same client with what a newer token of it says.
     *
     * @param decidedInfo shown instead of the token's; null for that
     */
    public Identity renewedBy(Identity newer, byte @Nullable [] decidedInfo) {
        return new Identity(
                client,
                device,
                newer.expiresAtMillis,
                newer.tokenId,
                decidedInfo == null ? newer.info : decidedInfo,
                channels,
                newer.issuedAtMillis,
                guest,
                newer.claims,
                roles);
    }

    /** Without claims and roles, which take memory where nobody asks for them. */
    public Identity bare() {
        return new Identity(client, device, expiresAtMillis, tokenId, info, channels, issuedAtMillis, guest);
    }

    /** Whether a connection by the other identity is already what a connection by this one would be. */
    public boolean connectsLike(Identity other) {
        return Objects.equals(device, other.device) && Set.copyOf(channels).equals(Set.copyOf(other.channels));
    }

    public boolean expires() {
        return expiresAtMillis != NEVER;
    }
}
