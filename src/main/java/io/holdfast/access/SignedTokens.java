package io.holdfast.access;

import static io.holdfast.access.AccessDeniedException.invalid;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.holdfast.access.AccessDeniedException.Kind;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.OutsideTime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies JWTs (RFC 7519, RFC 8725): the signature by a key whose kind fits the algorithm, then {@code sub}, {@code nbf},
 * {@code aud}, {@code iss} and {@code exp}. Keys named or carried by the token itself do not count; unsigned and encrypted
 * tokens, and those with critical extensions, are refused. Any thread; waits for a key that must be fetched first, as
 * {@link Jwks} says, and for nothing else.
 */
final class SignedTokens {

    /** No honest token is longer; keeps the work for others small. */
    static final int MAX_LENGTH = 8 * 1024;

    /** The most keys that are tried for a token that names no key. */
    private static final int MAX_TRIES = 16;

    private static final JsonFactory JSON = new JsonFactory();

    private final TokenOptions options;
    private final List<VerificationKey> keys;
    private final @Nullable Jwks jwks;

    /**
     * The claims of a valid token.
     *
     * @param client its {@code sub}; null if it has none
     * @param times its claims as they stand there: the library's dates overflow
     * @param info its claim {@code info}, or what is in {@code b64info}, compact
     */
    record Claims(@Nullable String client, JWTClaimsSet all, Map<String, Object> times, byte @Nullable [] info) {

        Claims(@Nullable String client, JWTClaimsSet all, Map<String, Object> times, byte @Nullable [] info) {
            this.client = client;
            this.all = all;
            this.times = times;
            this.info = info;
        }

        /** When the token can open nothing more. */
        long expiresAtMillis() {
            return millis(times.get("exp"), Identity.NEVER);
        }

        /** When what it opens ends: its claim {@code expire_at}, of which 0 is never; without that, when it expires itself. */
        long endsAtMillis() {
            Object own = times.get("expire_at");
            return own instanceof Number seconds && seconds.doubleValue() == 0
                    ? Identity.NEVER
                    : millis(own, expiresAtMillis());
        }

        /** 0 if it does not say. */
        long issuedAtMillis() {
            return millis(times.get("iat"), 0);
        }

        /** 0 if it does not say. */
        long notBeforeMillis() {
            return millis(times.get("nbf"), 0);
        }

        private static long millis(@Nullable Object seconds, long absent) {
            return seconds instanceof Number number ? OutsideTime.millis(number) : absent;
        }
    }

    /**
     * @param executor on which keys are fetched
     * @param nanos as {@link System#nanoTime}
     * @throws IllegalArgumentException if the keys cannot serve
     */
    SignedTokens(TokenOptions options, Executor executor, LongSupplier nanos) {
        this.options = options;
        List<VerificationKey> known = new ArrayList<>();
        String secret = options.secret();
        if (secret != null) {
            known.add(narrowed(VerificationKey.ofSecret(secret)));
        }
        options.publicKeys().forEach(key -> known.add(narrowed(VerificationKey.of(null, key))));
        this.keys = List.copyOf(known);
        this.jwks =
                options.jwksUrl() == null ? null : Jwks.of(options.jwksUrl(), options.jwksRefresh(), executor, nanos);
    }

    private SignedTokens(TokenOptions options, Jwks jwks) {
        this.options = options;
        this.keys = List.of();
        this.jwks = jwks;
    }

    /** With keys of this set only. */
    static SignedTokens of(TokenOptions options, Jwks jwks) {
        return new SignedTokens(options, jwks);
    }

    private VerificationKey narrowed(VerificationKey key) {
        return options.algorithms().isEmpty() ? key : key.only(options.algorithms());
    }

    /**
     * The claims of a token, if the token is valid.
     *
     * @throws AccessDeniedException of kind INVALID_TOKEN, TOKEN_EXPIRED or UNAVAILABLE
     */
    Claims verify(String token, long nowMillis) throws AccessDeniedException {
        if (!options.hasKeys()) {
            throw invalid("no key for tokens is configured");
        }
        if (token.length() > MAX_LENGTH) {
            throw invalid("longer than " + MAX_LENGTH + " characters");
        }
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWSHeader header = jwt.getHeader();
            if (header.getCriticalParams() != null || !header.isBase64URLEncodePayload()) {
                throw invalid("a critical extension");
            }
            if (!isSigned(jwt, header)) {
                throw invalid("no key that fits, or a wrong signature");
            }
            return claims(jwt, nowMillis);
        } catch (ParseException | JOSEException | IOException | IllegalArgumentException | IllegalStateException e) {
            // The libraries report what they cannot read in all these ways; their texts may quote the token.
            throw invalid("not readable");
        }
    }

    private boolean isSigned(SignedJWT jwt, JWSHeader header) throws JOSEException, AccessDeniedException {
        if (!options.algorithms().isEmpty()
                && !options.algorithms().contains(header.getAlgorithm().getName())) {
            return false;
        }
        if (isSignedByOne(jwt, keys.stream().filter(key -> key.fits(header)).toList())) {
            return true;
        }
        return jwks != null && Jwks.mayHold(header.getAlgorithm()) && isSignedByOne(jwt, jwks.find(header));
    }

    private static boolean isSignedByOne(SignedJWT jwt, List<VerificationKey> candidates) throws JOSEException {
        int tries = Math.min(MAX_TRIES, candidates.size());
        for (VerificationKey key : candidates.subList(0, tries)) {
            if (key.verifier().verify(jwt.getHeader(), jwt.getSigningInput(), jwt.getSignature())) {
                return true;
            }
        }
        return false;
    }

    private Claims claims(SignedJWT jwt, long nowMillis) throws AccessDeniedException, ParseException, IOException {
        Map<String, Object> json = jwt.getPayload().toJSONObject();
        if (json == null
                || !jwt.getPayload().toString().strip().startsWith("{")) { // the library takes an array for no claims
            throw invalid("no claims");
        }
        // The library would make a string of a number, and an eternal token of an expiry that is null.
        String client = null;
        if (json.containsKey("sub") && !"".equals(json.get("sub"))) {
            if (!(json.get("sub") instanceof String named) || !Names.isClient(named)) {
                throw invalid("claim sub is not a client's name");
            }
            client = named;
        }
        if (json.containsKey("exp") && json.get("exp") == null) {
            throw invalid("claim exp is null");
        }
        Object end = json.get("expire_at");
        if (end != null && !(end instanceof Number seconds && seconds.doubleValue() >= 0)) {
            throw invalid("claim expire_at is not a time");
        }
        Claims claims = new Claims(
                client,
                JWTClaimsSet.parse(json),
                json,
                info(json, jwt.getPayload().toBytes()));
        check(claims, nowMillis);
        return claims;
    }

    private void check(Claims good, long nowMillis) throws AccessDeniedException {
        JWTClaimsSet claims = good.all();
        long skew = options.skew().toMillis();
        if (good.notBeforeMillis() - skew > nowMillis) {
            throw invalid("not yet valid");
        }
        if (options.audience() != null && !claims.getAudience().contains(options.audience())) {
            throw invalid("not for this audience");
        }
        if (options.issuer() != null && !options.issuer().equals(claims.getIssuer())) {
            throw invalid("not from this issuer");
        }
        long expiry = Math.min(good.expiresAtMillis(), good.endsAtMillis());
        if (expiry != Identity.NEVER && expiry + skew <= nowMillis) {
            throw new AccessDeniedException(Kind.TOKEN_EXPIRED, "token expired");
        }
    }

    private static byte @Nullable [] info(Map<String, Object> claims, byte[] payload)
            throws IOException, AccessDeniedException {
        Object encoded = claims.get("b64info");
        if (encoded == null || "".equals(encoded)) {
            return claims.get("info") == null ? null : info(payload);
        }
        if (!(encoded instanceof String text)) {
            throw invalid("claim b64info is not text");
        }
        try (JsonParser parser = JSON.createParser(Base64.getDecoder().decode(text))) {
            parser.nextToken();
            byte[] value = compact(parser);
            if (value.length > 0 && parser.nextToken() == null) {
                return value;
            }
        } catch (IllegalArgumentException | IOException e) {
            // the same message as for what is not one value
        }
        throw invalid("claim b64info is not JSON in base64");
    }

    /** The claim as it was written, with unchanged numbers and without white space. */
    private static byte @Nullable [] info(byte[] payload) throws IOException {
        try (JsonParser parser = JSON.createParser(payload)) {
            parser.nextToken();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                if (name.equals("info") && value != JsonToken.VALUE_NULL) {
                    return compact(parser);
                }
                parser.skipChildren();
            }
        }
        return null;
    }

    /** The value that begins with the present token. */
    private static byte[] compact(JsonParser parser) throws IOException {
        ByteArrayOutputStream compact = new ByteArrayOutputStream();
        try (JsonGenerator generator = JSON.createGenerator(compact)) {
            copy(parser, generator);
        }
        return compact.toByteArray();
    }

    private static void copy(JsonParser from, JsonGenerator to) throws IOException {
        int depth = 0;
        for (JsonToken token = from.currentToken(); token != null; token = from.nextToken()) {
            if (token.isNumeric()) {
                to.writeNumber(from.getText());
            } else {
                to.copyCurrentEvent(from);
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (depth == 0) {
                return;
            }
        }
    }
}
