package io.holdfast.access;

import static io.holdfast.access.AccessDeniedException.invalid;

import com.nimbusds.jwt.JWTClaimsSet;
import io.holdfast.delivery.Names;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads connect tokens. Claims beside the registered ones: {@code sub} (the client; without it, a guest), {@code device}, {@code info}
 * (any JSON), {@code channels} (an array of names) and {@code subs} (an object whose names are channels): to both the server
 * subscribes the client at once. A token with the claim {@code channel} is a subscription token, and none of these. Any
 * thread.
 */
final class ConnectTokens {

    /** Server-side subscriptions by one token. */
    static final int MAX_CHANNELS = 100;

    private final SignedTokens tokens;

    ConnectTokens(SignedTokens tokens) {
        this.tokens = tokens;
    }

    /**
     * The identity in a token, if the token is valid.
     *
     * @throws AccessDeniedException of kind INVALID_TOKEN, TOKEN_EXPIRED or UNAVAILABLE
     */
    Identity verify(String token, long nowMillis) throws AccessDeniedException {
        SignedTokens.Claims claims = tokens.verify(token, nowMillis);
        JWTClaimsSet all = claims.all();
        if (all.getClaims().containsKey("channel")) {
            throw invalid("a subscription token");
        }
        String named = claims.client();
        boolean guest = named == null;
        String client = named == null ? Identity.guestName() : named;
        return new Identity(
                client,
                guest ? null : device(all),
                claims.endsAtMillis(),
                all.getJWTID(),
                claims.info(),
                channels(all, client),
                claims.issuedAtMillis(),
                guest,
                claims.times(),
                Set.of());
    }

    private static @Nullable String device(JWTClaimsSet claims) throws AccessDeniedException {
        Object device = claims.getClaim("device");
        if (device == null) {
            return null;
        }
        if (device instanceof String name && Names.isDevice(name)) {
            return name;
        }
        throw invalid("claim device is not a device's name");
    }

    private static List<String> channels(JWTClaimsSet claims, String client) throws AccessDeniedException {
        Set<String> channels = new LinkedHashSet<>();
        Object listed = claims.getClaim("channels");
        if (listed instanceof Collection<?> names) {
            add(names, client, channels);
        } else if (listed != null) {
            throw invalid("claim channels is not an array");
        }
        Object mapped = claims.getClaim("subs");
        if (mapped instanceof Map<?, ?> options) {
            add(options.keySet(), client, channels);
        } else if (mapped != null) {
            throw invalid("claim subs is not an object");
        }
        if (channels.size() > MAX_CHANNELS) {
            throw invalid("more than " + MAX_CHANNELS + " channels");
        }
        return List.copyOf(channels);
    }

    /** The client's own outbox is left out, since it has that anyway. */
    private static void add(Collection<?> names, String client, Set<String> channels) throws AccessDeniedException {
        for (Object name : names) {
            if (!(name instanceof String channel) || !Names.isChannel(channel)) {
                throw invalid("claim channels or subs has a name that is not a channel's");
            }
            if (!Names.isOutbox(channel)) {
                channels.add(channel);
            } else if (!channel.equals(Names.outbox(client))) {
                throw invalid("claim channels or subs names another client's outbox");
            }
        }
    }
}
