package io.holdfast.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.DirectEncrypter;
import com.nimbusds.jose.util.Base64URL;
import io.holdfast.access.AccessDeniedException.Kind;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every algorithm, from a configured key and from a JWKS, against everything that can be wrong with a token. */
class TokenMatrixTest {
    private static final long NOW_SECONDS = 1_790_000_000L;
    private static final long NOW = NOW_SECONDS * 1000;
    private static final String GOOD = "good";
    private static final String INVALID = Kind.INVALID_TOKEN.name();
    private static final String EXPIRED = Kind.TOKEN_EXPIRED.name();
    private static final String AUDIENCE = "push";
    private static final String ISSUER = "https://login.example";
    private static final String KEY_ID = "k1";

    private static final List<JWSAlgorithm> ALGORITHMS = List.of(
            JWSAlgorithm.HS256,
            JWSAlgorithm.HS384,
            JWSAlgorithm.HS512,
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512,
            JWSAlgorithm.EdDSA,
            JWSAlgorithm.Ed25519);

    /** A token by its issuer; what becomes of it; whether it is another thing where keys have ids. */
    private record Case(Function<Issuer, String> token, String outcome, String outcomeWithKeyIds) {}

    private static final Map<String, Case> CASES = new LinkedHashMap<>();

    private static void of(String name, String outcome, Function<Issuer, String> token) {
        CASES.put(name, new Case(token, outcome, outcome));
    }

    static {
        of("good", GOOD, issuer -> issuer.token(claims("")));
        of(
                "with its key's id",
                GOOD,
                issuer -> issuer.token(header(issuer).keyID(KEY_ID).build(), claims("")));
        CASES.put(
                "unknown key id",
                new Case(issuer -> issuer.token(header(issuer).keyID("k2").build(), claims("")), GOOD, INVALID));
        of("audience among others", GOOD, issuer -> issuer.token(claims("aud", "[\"other\",\"push\"]")));
        of("expired within the skew", GOOD, issuer -> issuer.token(claims("exp", NOW_SECONDS - 9)));
        of("not yet valid within the skew", GOOD, issuer -> issuer.token(claims("nbf", NOW_SECONDS + 10)));
        of("without expiry", GOOD, issuer -> issuer.token(claims("").replaceAll(",\"exp\":\\d+", "")));
        of("expired", EXPIRED, issuer -> issuer.token(claims("exp", NOW_SECONDS - 10)));
        of("not yet valid", INVALID, issuer -> issuer.token(claims("nbf", NOW_SECONDS + 11)));
        of("wrong audience", INVALID, issuer -> issuer.token(claims("aud", "\"pushy\"")));
        of("no audience", INVALID, issuer -> issuer.token(claims("").replace(",\"aud\":\"push\"", "")));
        of("wrong issuer", INVALID, issuer -> issuer.token(claims("iss", "\"https://login.example/\"")));
        of("no issuer", INVALID, issuer -> issuer.token(claims("").replaceAll(",\"iss\":\"[^\"]+\"", "")));
        of(
                "expired and of a wrong issuer",
                INVALID,
                issuer -> issuer.token(claims("exp", 1).replace("login.example", "evil.example")));
        of(
                "signed by another key",
                INVALID,
                issuer -> Issuer.of(issuer.algorithm).token(claims("")));
        of(
                "expired and signed by another key",
                INVALID,
                issuer -> Issuer.of(issuer.algorithm).token(claims("exp", 1)));
        of("algorithm none", INVALID, issuer -> parts("{\"alg\":\"none\"}", claims(""), ""));
        of("algorithm none with a signature", INVALID, issuer -> withHeader(issuer, "{\"alg\":\"none\"}"));
        of("no algorithm", INVALID, issuer -> withHeader(issuer, "{}"));
        of("tampered claims", INVALID, issuer -> {
            String[] parts = issuer.token(claims("")).split("\\.");
            return parts[0] + "." + Base64URL.encode(claims("").replace("u42", "u43")) + "." + parts[2];
        });
        of("tampered header", INVALID, issuer -> withHeader(issuer, "{\"alg\":\"" + issuer + "\",\"typ\":\"JWT\"}"));
        of("tampered signature", INVALID, issuer -> {
            String token = issuer.token(claims(""));
            int dot = token.lastIndexOf('.') + 1;
            return token.substring(0, dot) + (token.charAt(dot) == 'A' ? 'B' : 'A') + token.substring(dot + 1);
        });
        of("truncated by four characters", INVALID, issuer -> {
            String token = issuer.token(claims(""));
            return token.substring(0, token.length() - 4);
        });
        of("truncated at the claims", INVALID, issuer -> {
            String token = issuer.token(claims(""));
            return token.substring(0, token.lastIndexOf('.'));
        });
        of("empty signature", INVALID, issuer -> {
            String token = issuer.token(claims(""));
            return token.substring(0, token.lastIndexOf('.') + 1);
        });
        of(
                "signature of zeros",
                INVALID,
                issuer -> parts(
                        "{\"alg\":\"" + issuer + "\"}",
                        claims(""),
                        Base64URL.encode(new byte[64]).toString()));
        of("a fourth part", INVALID, issuer -> issuer.token(claims("")) + ".AAAA");
        of("a line break behind it", INVALID, issuer -> issuer.token(claims("")) + ".\n");
        of(
                "critical extension",
                INVALID,
                issuer -> issuer.token(
                        header(issuer)
                                .criticalParams(Set.of("exp"))
                                .customParam("exp", 1)
                                .build(),
                        claims("")));
        of(
                "payload not in base64",
                INVALID,
                issuer -> withHeader(issuer, "{\"alg\":\"" + issuer + "\",\"b64\":false,\"crit\":[\"b64\"]}"));
        of("its own key within it", INVALID, issuer -> {
            Issuer own = Issuer.of(JWSAlgorithm.ES256);
            return own.token(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .jwk(own.jwk(KEY_ID))
                            .build(),
                    claims(""));
        });
        of("encrypted", INVALID, issuer -> encrypted());
        of("not a token", INVALID, issuer -> "a.b.c");
        of("nothing", INVALID, issuer -> "");
    }

    static Stream<Arguments> matrix() {
        return ALGORITHMS.stream()
                .map(Issuer::of)
                .flatMap(issuer -> Stream.of(false, true)
                        .filter(fetched -> !fetched || issuer.hasPublicKey())
                        .map(fetched -> Arguments.of(issuer, fetched)));
    }

    @ParameterizedTest(name = "{0}, from a JWKS: {1}")
    @MethodSource("matrix")
    void only_what_is_good_in_every_way_is_taken(Issuer issuer, boolean fetched) {
        CASES.forEach((name, wanted) -> assertThat(
                        outcome(issuer, fetched, wanted.token().apply(issuer)))
                .as("%s, from a JWKS: %s: %s", issuer, fetched, name)
                .isEqualTo(fetched ? wanted.outcomeWithKeyIds() : wanted.outcome()));
    }

    @ParameterizedTest(name = "{0}, from a JWKS: {1}")
    @MethodSource("matrix")
    void a_signature_counts_for_its_own_algorithm_only(Issuer issuer, boolean fetched) {
        for (JWSAlgorithm other : ALGORITHMS) {
            if (!other.equals(issuer.algorithm)) {
                assertThat(outcome(issuer, fetched, withHeader(issuer, "{\"alg\":\"" + other + "\"}")))
                        .as("%s, called %s", issuer, other)
                        .isEqualTo(INVALID);
            }
        }
    }

    @ParameterizedTest(name = "{0}, from a JWKS: {1}")
    @MethodSource("matrix")
    void a_public_key_is_no_secret(Issuer issuer, boolean fetched) throws Exception {
        if (!issuer.hasPublicKey()) {
            return;
        }
        byte[] der = issuer.publicKey().getEncoded();
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END PUBLIC KEY-----\n";
        for (byte[] secret : List.of(
                der,
                pem.getBytes(UTF_8),
                pem.strip().getBytes(UTF_8),
                issuer.jwk(KEY_ID).toJSONString().getBytes(UTF_8))) {
            for (String hash : List.of("256", "384", "512")) {
                String signed = Base64URL.encode("{\"alg\":\"HS" + hash + "\"}") + "." + Base64URL.encode(claims(""));
                Mac mac = Mac.getInstance("HmacSHA" + hash);
                mac.init(new SecretKeySpec(secret, mac.getAlgorithm()));
                String token = signed + "." + Base64URL.encode(mac.doFinal(signed.getBytes(US_ASCII)));
                assertThat(outcome(issuer, fetched, token)).isEqualTo(INVALID);
            }
        }
    }

    @ParameterizedTest(name = "{0}, from a JWKS: {1}")
    @MethodSource("matrix")
    void a_connect_token_and_a_subscription_token_cannot_stand_for_each_other(Issuer issuer, boolean fetched)
            throws Exception {
        SignedTokens signed = tokens(issuer, fetched);
        String connect = issuer.token(claims(""));
        String subscription = issuer.token(claims("channel", "\"news\""));

        assertThat(new ConnectTokens(signed).verify(connect, NOW).client()).isEqualTo("u42");
        assertThat(new SubscriptionTokens(signed)
                        .verify(subscription, Identity.named("u42", null, Identity.NEVER), "news", NOW)
                        .access())
                .isEqualTo(ChannelAccess.ALLOWED);
        assertThatThrownBy(() -> new ConnectTokens(signed).verify(subscription, NOW))
                .hasMessageContaining("subscription token");
        assertThatThrownBy(() -> new SubscriptionTokens(signed)
                        .verify(connect, Identity.named("u42", null, Identity.NEVER), "news", NOW))
                .hasMessageContaining("connect token");
        assertThatThrownBy(() -> new SubscriptionTokens(signed)
                        .verify(subscription, Identity.named("u43", null, Identity.NEVER), "news", NOW))
                .hasMessageContaining("another client");
        assertThatThrownBy(() -> new SubscriptionTokens(signed)
                        .verify(subscription, Identity.named("u42", null, Identity.NEVER), "News", NOW))
                .hasMessageContaining("another channel");
    }

    private static SignedTokens tokens(Issuer issuer, boolean fetched) {
        if (!fetched) {
            return new SignedTokens(issuer.options(AUDIENCE, ISSUER), Runnable::run, System::nanoTime);
        }
        TokenOptions options = new TokenOptions(
                null,
                List.of(),
                java.net.URI.create("https://login.example/jwks"),
                TokenOptions.JWKS_REFRESH,
                AUDIENCE,
                ISSUER,
                TokenOptions.SKEW,
                Set.of());
        return SignedTokens.of(
                options,
                new Jwks(() -> List.of(issuer.jwk(KEY_ID)), Duration.ofMinutes(5), Runnable::run, System::nanoTime));
    }

    private static String outcome(Issuer issuer, boolean fetched, String token) {
        try {
            new ConnectTokens(tokens(issuer, fetched)).verify(token, NOW);
            return GOOD;
        } catch (AccessDeniedException e) {
            return e.kind().name();
        }
    }

    /** Good claims, but for one of another value. */
    private static String claims(String name, Object value) {
        String claims = claims("");
        String old = claims.replaceFirst(".*\"" + name + "\":(\"[^\"]*\"|\\d+).*", "$1");
        return old.equals(claims)
                ? claims.replace("}", ",\"" + name + "\":" + value + "}")
                : claims.replace("\"" + name + "\":" + old, "\"" + name + "\":" + value);
    }

    private static String claims(String more) {
        return "{\"sub\":\"u42\",\"aud\":\"push\",\"iss\":\"" + ISSUER + "\",\"exp\":" + (NOW_SECONDS + 600) + more
                + "}";
    }

    private static JWSHeader.Builder header(Issuer issuer) {
        return new JWSHeader.Builder(issuer.algorithm);
    }

    /** A good token whose header has been replaced behind the signature. */
    private static String withHeader(Issuer issuer, String header) {
        String[] parts = issuer.token(claims("")).split("\\.");
        return Base64URL.encode(header) + "." + parts[1] + "." + parts[2];
    }

    private static String parts(String header, String claims, String signature) {
        return Base64URL.encode(header) + "." + Base64URL.encode(claims) + "." + signature;
    }

    private static String encrypted() {
        try {
            JWEObject jwe =
                    new JWEObject(new JWEHeader(JWEAlgorithm.DIR, EncryptionMethod.A128GCM), new Payload(claims("")));
            jwe.encrypt(new DirectEncrypter(new byte[16]));
            return jwe.serialize();
        } catch (com.nimbusds.jose.JOSEException e) {
            throw new AssertionError(e);
        }
    }
}
