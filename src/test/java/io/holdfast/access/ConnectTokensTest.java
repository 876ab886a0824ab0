package io.holdfast.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.util.Base64URL;
import io.holdfast.access.AccessDeniedException.Kind;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectTokensTest {

    private static final String SECRET = "a secret of at least sixty-four bytes, so that HS512 could sign with it too";
    private static final long NOW_SECONDS = 1_790_000_000L;
    private static final long NOW = NOW_SECONDS * 1000;

    private final ConnectTokens tokens = tokens(SECRET);

    @Test
    void a_good_token_names_client_device_expiry_and_itself() throws Exception {
        String token = hs256("{\"sub\":\"u42\",\"device\":\"till-3\",\"exp\":%d,\"jti\":\"t-1\",\"iat\":%d}"
                .formatted(NOW_SECONDS + 600, NOW_SECONDS - 5));

        Identity identity = tokens.verify(token, NOW);
        assertThat(identity.bare())
                .isEqualTo(new Identity("u42", "till-3", NOW + 600_000, "t-1", null, List.of(), NOW - 5_000, false));
        assertThat(identity.claims()).containsEntry("device", "till-3").hasSize(5);
    }

    @Test
    void a_token_without_expiry_never_expires() throws Exception {
        Identity identity = tokens.verify(hs256("{\"sub\":\"u42\"}"), NOW);

        assertThat(identity.bare()).isEqualTo(Identity.named("u42", null, Identity.NEVER));
        assertThat(identity.expires()).isFalse();
    }

    @Test
    void a_token_counts_until_ten_seconds_after_the_second_it_names() throws Exception {
        String token = hs256("{\"sub\":\"u42\",\"exp\":%d}".formatted(NOW_SECONDS));

        assertThat(tokens.verify(token, NOW + 9_999).client()).isEqualTo("u42");
        assertKind(token, NOW + 10_000, Kind.TOKEN_EXPIRED);
    }

    @Test
    void a_token_counts_from_ten_seconds_before_its_time() throws Exception {
        String token = hs256("{\"sub\":\"u42\",\"nbf\":%d}".formatted(NOW_SECONDS + 10));

        assertThat(tokens.verify(token, NOW).client()).isEqualTo("u42");
        assertKind(token, NOW - 1, Kind.INVALID_TOKEN);
    }

    @Test
    void an_expired_token_with_a_wrong_signature_is_invalid_and_not_expired() throws Exception {
        String token = hs256("{\"sub\":\"u42\",\"exp\":1}");

        assertKind(token.substring(0, token.lastIndexOf('.') + 1) + "AAAA", NOW, Kind.INVALID_TOKEN);
    }

    @Test
    void a_token_signed_with_another_secret_is_invalid() throws Exception {
        ConnectTokens others = tokens("another secret that is as long as it must be");

        assertThatThrownBy(() -> others.verify(hs256("{\"sub\":\"u42\"}"), NOW))
                .isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void the_algorithm_none_is_refused() {
        String claims = Base64URL.encode("{\"sub\":\"u42\"}").toString();
        for (String alg : new String[] {"none", "None", "NONE"}) {
            String header = Base64URL.encode("{\"alg\":\"" + alg + "\"}").toString();
            assertKind(header + "." + claims + ".", NOW, Kind.INVALID_TOKEN);
            assertKind(header + "." + claims + ".AAAA", NOW, Kind.INVALID_TOKEN);
        }
    }

    @Test
    void an_algorithm_that_is_not_configured_is_refused_even_with_the_right_secret() throws Exception {
        ConnectTokens strict = new ConnectTokens(new SignedTokens(
                new TokenOptions(
                        SECRET,
                        List.of(),
                        null,
                        TokenOptions.JWKS_REFRESH,
                        null,
                        null,
                        TokenOptions.SKEW,
                        Set.of("HS256")),
                Runnable::run,
                System::nanoTime));
        String token = signed(JWSAlgorithm.HS512, "{\"sub\":\"u42\"}");

        assertThat(tokens.verify(token, NOW).client()).isEqualTo("u42");
        assertThatThrownBy(() -> strict.verify(token, NOW)).isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void an_extension_that_is_critical_and_unknown_is_refused() throws Exception {
        JWSObject jws = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .criticalParams(Set.of("exp"))
                        .customParam("exp", 1)
                        .build(),
                new Payload("{\"sub\":\"u42\"}"));
        jws.sign(new MACSigner(SECRET));

        assertKind(jws.serialize(), NOW, Kind.INVALID_TOKEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"channel\":\"news\"}",
                "{\"sub\":42}",
                "{\"sub\":[]}",
                "{\"sub\":\" \\u200b\"}",
                "{\"channels\":[\"#\"]}",
                "{\"channels\":[\"#u42\"]}",
                " []",
                "{\"sub\":null}",
                "{\"sub\":\"a\\nb\"}",
                "{\"sub\":\"u42\",\"exp\":\"tomorrow\"}",
                "{\"sub\":\"u42\",\"exp\":null}",
                "{\"sub\":\"u42\",\"exp\":true}",
                "{\"sub\":\"u42\",\"nbf\":[]}",
                "{\"sub\":\"u42\",\"expire_at\":\"tomorrow\"}",
                "{\"sub\":\"u42\",\"expire_at\":-1}",
                "{\"sub\":\"u42\",\"b64info\":7}",
                "{\"sub\":\"u42\",\"b64info\":\"%\"}",
                "{\"sub\":\"u42\",\"b64info\":\"/w==\"}",
                "{\"sub\":\"u42\",\"b64info\":\"MSAy\"}",
                "{\"sub\":\"u42\",\"b64info\":\"IA==\"}",
                "{\"sub\":\"u42\",\"device\":7}",
                "{\"sub\":\"u42\",\"device\":\"\"}",
                "{\"sub\":\"u42\",\"device\":\"\\u0000\"}",
                "[]",
                "not json"
            })
    void claims_that_are_not_as_they_must_be_make_a_token_invalid(String claims) throws Exception {
        assertKind(hs256(claims), NOW, Kind.INVALID_TOKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"sub\":\"\"}", "{\"device\":\"till-3\"}"})
    void a_token_without_a_name_is_that_of_a_guest_without_a_device(String claims) throws Exception {
        Identity guest = tokens.verify(hs256(claims), NOW);
        assertThat(guest.guest()).isTrue();
        assertThat(guest.device()).isNull();
        assertThat(guest.client()).matches("guest-[-0-9a-f]{36}");
        assertThat(tokens.verify(hs256(claims), NOW).client()).isNotEqualTo(guest.client());
    }

    @Test
    void what_else_a_token_says_counts_for_a_guest_too() throws Exception {
        Identity guest =
                tokens.verify(hs256("{\"exp\":1790000010,\"jti\":\"t\",\"info\":{\"n\":1},\"channels\":[\"a\"]}"), NOW);
        assertThat(guest.expiresAtMillis()).isEqualTo(1_790_000_010_000L);
        assertThat(guest.tokenId()).isEqualTo("t");
        assertThat(guest.channels()).containsExactly("a");
        assertThat(guest.info()).asString().isEqualTo("{\"n\":1}");
    }

    @ParameterizedTest
    @CsvSource({
        "'\"exp\":1790000010,\"expire_at\":1790000500', 1790000500000",
        "'\"exp\":1790000500,\"expire_at\":1790000010', 1790000010000",
        "'\"expire_at\":1790000010', 1790000010000",
        "'\"exp\":1790000010,\"expire_at\":null', 1790000010000",
    })
    void a_connection_ends_when_expire_at_says_and_not_when_the_token_expires(String claims, long end)
            throws Exception {
        assertThat(tokens.verify(hs256("{\"sub\":\"u42\"," + claims + "}"), NOW).expiresAtMillis())
                .isEqualTo(end);
        String subscription = hs256("{\"sub\":\"u42\",\"channel\":\"news\"," + claims + "}");
        assertThat(subscriptionTokens(SECRET)
                        .verify(subscription, Identity.named("u42", null, Identity.NEVER), "news", NOW)
                        .expiresAtMillis())
                .isEqualTo(end);
    }

    @Test
    void an_expire_at_of_0_is_never_while_the_token_still_expires() throws Exception {
        String once = hs256("{\"sub\":\"u42\",\"exp\":%d,\"expire_at\":0}".formatted(NOW_SECONDS));

        assertThat(tokens.verify(once, NOW).expires()).isFalse();
        assertKind(once, NOW + 10_000, Kind.TOKEN_EXPIRED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1789999990", "0.0001"})
    void a_token_whose_connection_would_have_ended_has_expired(String end) throws Exception {
        assertKind(hs256("{\"sub\":\"u42\",\"expire_at\":" + end + "}"), NOW, Kind.TOKEN_EXPIRED);
    }

    @ParameterizedTest
    @CsvSource({"eyJuIjogMS41MH0=, '{\"n\":1.50}'", "MQ==, 1", "bnVsbA==, null", "'', '{\"plain\":true}'"})
    void info_in_base64_counts_before_info(String encoded, String info) throws Exception {
        String claims = "{\"sub\":\"u42\",\"info\":{\"plain\":true},\"b64info\":\"" + encoded + "\"}";

        assertThat(tokens.verify(hs256(claims), NOW).info()).asString().isEqualTo(info);
    }

    @Test
    void a_client_name_of_201_bytes_is_refused() throws Exception {
        assertThat(tokens.verify(hs256("{\"sub\":\"" + "a".repeat(200) + "\"}"), NOW)
                        .client())
                .hasSize(200);
        assertKind(hs256("{\"sub\":\"" + "a".repeat(201) + "\"}"), NOW, Kind.INVALID_TOKEN);
    }

    @Test
    void a_token_over_8_kib_is_not_even_looked_at() throws Exception {
        assertKind(hs256("{\"sub\":\"u42\",\"info\":\"" + "a".repeat(7_000) + "\"}"), NOW, Kind.INVALID_TOKEN);
    }

    @Test
    void whatever_is_presented_as_token_is_denied_and_nothing_else_happens() throws Exception {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("ConnectTokensTest: -Dholdfast.seed=" + seed);
        Random random = new Random(seed);
        String good = hs256("{\"sub\":\"u42\",\"exp\":%d}".formatted(NOW_SECONDS + 1));
        String deep = Base64URL.encode("{\"alg\":\"HS256\",\"a\":" + "[".repeat(4_000))
                .toString();
        assertKind(deep + "." + deep + ".AAAA", NOW, Kind.INVALID_TOKEN);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder mutant = new StringBuilder(good);
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                int at = random.nextInt(mutant.length());
                switch (random.nextInt(3)) {
                    case 0 -> mutant.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000));
                    case 1 -> mutant.deleteCharAt(at);
                    default -> mutant.insert(at, "._-=\u0000".charAt(random.nextInt(5)));
                }
            }
            try {
                // A character that base64url ignores, or the unused bits of its last one, may change nothing.
                assertThat(tokens.verify(mutant.toString(), NOW).client()).isEqualTo("u42");
            } catch (AccessDeniedException expected) {
                assertThat(expected.kind()).isEqualTo(Kind.INVALID_TOKEN);
            } catch (RuntimeException | StackOverflowError e) {
                fail("seed " + seed + ": " + mutant, e);
            }
        }
    }

    @Test
    void a_denial_does_not_show_the_token() throws Exception {
        String token = hs256("{\"sub\":42}");

        assertThatThrownBy(() -> tokens.verify(token, NOW))
                .hasMessageNotContaining(token)
                .hasNoCause();
    }

    @Test
    void a_secret_under_32_bytes_is_refused() {
        assertThatThrownBy(() -> tokens("a".repeat(31)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32");
    }

    @Test
    void info_is_kept_to_the_letter_without_white_space() throws Exception {
        String info = "{ \"n\" : 12345678901234567890.10, \"list\": [1e2, null , \"\u00e9 \\n\"] }";

        byte[] kept = tokens.verify(hs256("{\"a\":[{}],\"sub\":\"u42\",\"info\":" + info + "}"), NOW)
                .info();
        assertThat(new String(kept, UTF_8))
                .isEqualTo("{\"n\":12345678901234567890.10,\"list\":[1e2,null,\"\u00e9 \\n\"]}");
        assertThat(tokens.verify(hs256("{\"sub\":\"u42\",\"info\":null}"), NOW).info())
                .isNull();
    }

    @Test
    void channels_and_subs_are_what_the_server_subscribes_to() throws Exception {
        String token =
                hs256("{\"sub\":\"u42\",\"channels\":[\"a\",\"o:1\",\"#u42\"],\"subs\":{\"b\":{\"data\":1},\"a\":{}}}");

        assertThat(tokens.verify(token, NOW).channels()).containsExactly("a", "o:1", "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"channels\":\"a\"",
                "\"channels\":[1]",
                "\"channels\":[\"\"]",
                "\"channels\":[\"#u43\"]",
                "\"channels\":[\"##u42\"]",
                "\"subs\":[\"a\"]",
                "\"subs\":{\"#u43\":{}}",
                "\"channel\":\"a\"",
                "\"channel\":null"
            })
    void channels_that_nobody_may_grant_make_a_token_invalid(String claim) throws Exception {
        assertKind(hs256("{\"sub\":\"u42\"," + claim + "}"), NOW, Kind.INVALID_TOKEN);
    }

    @Test
    void a_token_grants_a_hundred_channels_and_not_one_more() throws Exception {
        String hundred = IntStream.range(0, 100).mapToObj(n -> "\"c" + n + "\"").collect(Collectors.joining(","));

        assertThat(tokens.verify(hs256("{\"sub\":\"u42\",\"channels\":[" + hundred + "]}"), NOW)
                        .channels())
                .hasSize(100);
        assertKind(hs256("{\"sub\":\"u42\",\"channels\":[" + hundred + ",\"x\"]}"), NOW, Kind.INVALID_TOKEN);
    }

    private static SubscriptionTokens subscriptionTokens(String secret) {
        return new SubscriptionTokens(new SignedTokens(TokenOptions.ofSecret(secret), Runnable::run, System::nanoTime));
    }

    private static ConnectTokens tokens(String secret) {
        return new ConnectTokens(new SignedTokens(TokenOptions.ofSecret(secret), Runnable::run, System::nanoTime));
    }

    private void assertKind(String token, long nowMillis, Kind kind) {
        assertThatThrownBy(() -> tokens.verify(token, nowMillis))
                .isInstanceOfSatisfying(
                        AccessDeniedException.class,
                        denied -> assertThat(denied.kind()).isEqualTo(kind));
    }

    static String hs256(String claims) throws JOSEException {
        return signed(JWSAlgorithm.HS256, claims);
    }

    private static String signed(JWSAlgorithm algorithm, String claims) throws JOSEException {
        JWSObject jws = new JWSObject(new JWSHeader(algorithm), new Payload(claims.getBytes(UTF_8)));
        jws.sign(new MACSigner(SECRET));
        return jws.serialize();
    }

    static String secret() {
        return SECRET;
    }
}
