package io.holdfast.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.holdfast.access.AccessDeniedException.Kind;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Verifies connect tokens: JWTs signed with HS256 and nothing else (RFC 8725, section 3.1). Claims: {@code sub} (the
 * client, required), {@code exp}, {@code nbf}, {@code device}, {@code jti}. Any thread.
 */
public final class ConnectTokens {

    /** How far the clock of who issues tokens may be ahead of ours. */
    static final long NOT_BEFORE_SKEW_MILLIS = 10_000;

    /** No honest token is longer; keeps the work for others small. */
    static final int MAX_LENGTH = 8 * 1024;

    private final MACVerifier verifier;

    /**
     * For one secret, in UTF-8.
     *
     * @throws IllegalArgumentException if it has less than 32 bytes
     */
    public ConnectTokens(String secret) {
        byte[] key = secret.getBytes(StandardCharsets.UTF_8);
        if (key.length < AccessOptions.MIN_SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "the token secret must have at least " + AccessOptions.MIN_SECRET_BYTES + " bytes");
        }
        try {
            this.verifier = new MACVerifier(key);
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the token secret cannot be used for HS256", e);
        }
    }

    /**
     * Whom a token names, if it is good.
     *
     * @throws AccessDeniedException of kind INVALID_TOKEN or TOKEN_EXPIRED
     */
    public Identity verify(String token, long nowMillis) throws AccessDeniedException {
        return identity(claims(token), nowMillis);
    }

    private JWTClaimsSet claims(String token) throws AccessDeniedException {
        if (token.length() > MAX_LENGTH) {
            throw invalid("longer than " + MAX_LENGTH + " characters");
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            if (!JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm())) {
                throw invalid("not signed with HS256");
            }
            if (!jwt.verify(verifier)) {
                throw invalid("wrong signature");
            }
            return claims(jwt.getPayload().toJSONObject());
        } catch (ParseException | JOSEException | IllegalArgumentException | IllegalStateException e) {
            // The library reports what it cannot read in all these ways; its texts may quote the token.
            throw invalid("not readable");
        }
    }

    private static JWTClaimsSet claims(@Nullable Map<String, Object> json)
            throws AccessDeniedException, ParseException {
        if (json == null) {
            throw invalid("no claims");
        }
        // The library would make a string of a number, and an eternal token of an expiry that is null.
        if (!(json.get("sub") instanceof String)) {
            throw invalid("claim sub is not a string");
        }
        if (json.containsKey("exp") && json.get("exp") == null) {
            throw invalid("claim exp is null");
        }
        return JWTClaimsSet.parse(json);
    }

    private static Identity identity(JWTClaimsSet claims, long nowMillis) throws AccessDeniedException {
        String client = claims.getSubject();
        if (client == null || !Names.isClient(client)) {
            throw invalid("claim sub is not a client's name");
        }
        String device = device(claims);
        Date notBefore = claims.getNotBeforeTime();
        if (notBefore != null && notBefore.getTime() - NOT_BEFORE_SKEW_MILLIS > nowMillis) {
            throw invalid("not yet valid");
        }
        Date expiry = claims.getExpirationTime();
        if (expiry != null && expiry.getTime() <= nowMillis) {
            throw new AccessDeniedException(Kind.TOKEN_EXPIRED, "token expired");
        }
        return new Identity(
                client, device, expiry == null ? Identity.NEVER : expiry.getTime(), claims.getJWTID(), null, List.of());
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

    private static AccessDeniedException invalid(String why) {
        return new AccessDeniedException(Kind.INVALID_TOKEN, "invalid token: " + why);
    }
}
