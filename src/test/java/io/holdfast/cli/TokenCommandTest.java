package io.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.client.Tokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens for development. */
class TokenCommandTest {
    private static final String SECRET = "a secret that has more than 32 bytes in it";

    @TempDir
    Path directory;

    private static CliRun.Around around() {
        return CliRun.around().with("HOLDFAST_TOKEN_HMAC_SECRET", SECRET);
    }

    private static CliRun check(String token) {
        return around().run("token", "check", "--json", token);
    }

    private static String claims(String json) {
        return Tokens.hs256(SECRET, json);
    }

    @Test
    void a_connect_token_says_what_was_asked_for_and_is_good() {
        CliRun made = around().run(
                        "token",
                        "make",
                        "--sub",
                        "ü\"42",
                        "--ttl",
                        "2h",
                        "--channels",
                        "a,b:1",
                        "--device",
                        "till",
                        "--info",
                        "{\"n\":1.50}",
                        "--id",
                        "j1",
                        "--aud",
                        "shop",
                        "--iss",
                        "login");
        assertThat(made.exit()).as(made.err()).isZero();
        String token = made.out().strip();
        String body = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
        long now = Instant.now().getEpochSecond();

        JsonNode verdict = check(token).json();

        assertThat(body)
                .startsWith(
                        "{\"sub\":\"ü\\\"42\",\"channels\":[\"a\",\"b:1\"],\"device\":\"till\",\"info\":{\"n\":1.50},"
                                + "\"jti\":\"j1\",\"aud\":\"shop\",\"iss\":\"login\",\"iat\":");
        assertThat(verdict.path("good").asBoolean()).isTrue();
        assertThat(verdict.path("kind").asText()).isEqualTo("connect");
        assertThat(verdict.path("claims").path("exp").asLong()).isBetween(now + 7_190, now + 7_210);
        assertThat(check(token).exit()).isZero();
    }

    @Test
    void a_subscription_token_names_its_channel() {
        CliRun made = around().run("token", "make", "--sub", "u", "--subscription", "orders:7", "--json");
        assertThat(made.json().path("kind").asText()).isEqualTo("subscription");
        JsonNode verdict = check(made.json().path("token").asText()).json();
        assertThat(verdict.path("kind").asText()).isEqualTo("subscription");
        assertThat(verdict.path("claims").path("channel").asText()).isEqualTo("orders:7");
    }

    @Test
    void the_secret_may_lie_in_a_file_and_the_token_come_from_standard_input() throws IOException {
        String file =
                Files.writeString(directory.resolve("secret"), SECRET + "\n").toString();
        String token =
                CliRun.run("token", "make", "--sub", "u", "--secret-file", file).out();
        assertThat(CliRun.around()
                        .reading(token)
                        .run("token", "check", "-", "--secret-file", file)
                        .exit())
                .isZero();
    }

    @Test
    void a_token_that_was_altered_or_signed_otherwise_is_not_good() {
        String[] good = claims("{\"sub\":\"u\"}").split("\\.");
        String other = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"sub\":\"root\"}".getBytes(StandardCharsets.UTF_8));
        for (String token : new String[] {
            good[0] + "." + other + "." + good[2],
            good[0] + "." + good[1] + ".",
            Tokens.hs256(SECRET + "!", "{\"sub\":\"u\"}")
        }) {
            CliRun run = check(token);
            assertThat(run.exit()).isEqualTo(1);
            assertThat(run.json().path("problem").asText()).contains("signature");
        }
    }

    @Test
    void times_count_with_the_skew() {
        long now = Instant.now().getEpochSecond();
        assertThat(check(claims("{\"sub\":\"u\",\"exp\":" + (now - 60) + "}")).out())
                .contains("expired");
        long aMomentAgo = Instant.now().getEpochSecond() - 1; // of ten: the first check may have taken long
        assertThat(check(claims("{\"sub\":\"u\",\"exp\":" + aMomentAgo + "}")).exit())
                .isZero();
        assertThat(check(claims("{\"sub\":\"u\",\"nbf\":" + (now + 60) + "}")).out())
                .contains("not valid before");
        assertThat(check(claims("{\"sub\":\"u\",\"exp\":null}")).exit()).isEqualTo(1);
        assertThat(check(claims("{\"sub\":\"u\",\"exp\":\"soon\"}")).exit()).isEqualTo(1);
        assertThat(check(claims("{\"sub\":\"u\",\"exp\":1e999}")).exit()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"sub\":7}", "{\"sub\":\"a\\u0000\"}"})
    void a_token_whose_client_is_no_name_is_not_good(String claims) {
        assertThat(check(claims(claims)).json().path("problem").asText()).contains("sub");
    }

    @Test
    void another_algorithm_is_said_to_be_the_servers_to_check() {
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));
        CliRun run = check(none + ".e30.");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.error().path("message").asText()).contains("none");
        assertThat(run.error().path("advice").asText()).contains("HS256");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "a.b", "a.b.c", "..", "!.!.!"})
    void a_text_that_is_not_a_token_is_reported(String token) {
        assertThat(check(token).error().path("code").asText()).isEqualTo("not_a_token");
    }

    @Test
    void a_missing_or_short_secret_is_refused_and_not_shown() {
        CliRun missing = CliRun.run("token", "make", "--sub", "u");
        assertThat(missing.exit()).isEqualTo(2);
        assertThat(missing.err()).contains("HOLDFAST_TOKEN_HMAC_SECRET", "--secret-file");
        CliRun brief =
                CliRun.around().with("HOLDFAST_TOKEN_HMAC_SECRET", "s3cret").run("token", "make", "--sub", "u");
        assertThat(brief.exit()).isEqualTo(2);
        assertThat(brief.err()).contains("32").doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--ttl 0", "--ttl 5x", "--ttl 9999d", "--ttl PT-1S", "--info {", "--subscription c --device d"})
    void wrong_options_are_refused(String options) {
        assertThat(around().run(("token make --sub u " + options).split(" ")).exit())
                .isEqualTo(2);
    }
}
