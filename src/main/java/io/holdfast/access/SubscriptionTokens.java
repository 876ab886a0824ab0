package io.holdfast.access;

import static io.holdfast.access.AccessDeniedException.invalid;

import java.util.Objects;

/**
 * Reads subscription tokens. Claims beside the registered ones: {@code sub} (the client; without it, for guests), {@code channel}
 * (required), {@code info} (any JSON). Any thread.
 */
final class SubscriptionTokens {

    private final SignedTokens tokens;

    SubscriptionTokens(SignedTokens tokens) {
        this.tokens = tokens;
    }

    /**
     * The grant of a token, if the token is valid and was issued to this client for this channel.
     *
     * @throws AccessDeniedException of kind INVALID_TOKEN, TOKEN_EXPIRED or UNAVAILABLE
     */
    SubscribeGrant verify(String token, Identity who, String channel, long nowMillis) throws AccessDeniedException {
        SignedTokens.Claims claims = tokens.verify(token, nowMillis);
        if (!Objects.equals(claims.client(), who.guest() ? null : who.client())) {
            throw invalid("issued to another client");
        }
        if (!channel.equals(claims.all().getClaim("channel"))) {
            throw invalid("issued for another channel, or it is a connect token");
        }
        return new SubscribeGrant(
                ChannelAccess.ALLOWED,
                claims.endsAtMillis(),
                claims.info(),
                claims.all().getJWTID());
    }
}
