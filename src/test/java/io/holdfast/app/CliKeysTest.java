package io.holdfast.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.app.Keys.Known;
import io.holdfast.cli.CliRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line checks values against a table, without the server's classes; here both are asked, and must agree. */
class CliKeysTest {
    private static final Path FILE = Path.of("src/main/resources/io/holdfast/configuration/keys.tsv");

    @TempDir
    Path directory;

    @Test
    void the_list_of_the_command_line_is_what_the_server_reads() throws IOException {
        List<String> expected = new ArrayList<>();
        for (Known known : ConfigurationDocTest.known()) {
            String unit = ConfigurationDocTest.row(known).cells().get(1);
            expected.add(String.join("\t", known.key(), unit, known.defaultValue(), String.join(" ", known.allowed())));
        }
        assertThat(Files.readAllLines(FILE).stream()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> String.join("\t", Arrays.copyOf(line.split("\t", -1), 4))))
                .as("lines of %s", FILE)
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @ParameterizedTest
    @MethodSource("io.holdfast.app.ConfigurationDocTest#limited")
    void the_ends_of_a_range_are_taken_and_what_lies_beyond_is_not(Known known) throws IOException {
        for (String value : known.allowed()) {
            assertThat(refusedByCommandLine(known.key(), value)).as(value).isFalse();
        }
        List<String> bad = new ArrayList<>(List.of("garbage"));
        if (ConfigurationDocTest.isRange(known)) {
            bad.add(ConfigurationDocTest.beyond(known.allowed().get(0), -1));
            bad.add(ConfigurationDocTest.beyond(known.allowed().get(1), 1));
        }
        for (String value : bad) {
            assertThat(refusedByCommandLine(known.key(), value)).as(value).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "holdfast.insecure | ON",
                "holdfast.insecure | 1",
                "holdfast.ping.interval | 2.5",
                "holdfast.ping.interval | pt5s",
                "holdfast.ping.interval | 5s",
                "holdfast.ping.interval | 1.00001",
                "holdfast.ping.interval | 1e3",
                "holdfast.breaker.trials | +3",
                "holdfast.breaker.trials | 3.0",
                "holdfast.pending.overflow | Reject",
                "holdfast.token.hmac-secret | short",
                "holdfast.token.hmac-secret | 01234567890123456789012345678901",
                "holdfast.token.hmac-secret | 0123456789012345678901234567890",
                "holdfast.token.hmac-secret | äöüäöüäöüäöüäöüä",
                "holdfast.subscription-token.hmac-secret | short",
                "holdfast.token.jwks-url | https://login.example/jwks.json",
                "holdfast.token.jwks-url | http://login.example/jwks.json",
                "holdfast.token.jwks-url | http://localhost:8080/jwks.json",
                "holdfast.token.jwks-url | login.example",
                "holdfast.token.algorithms | HS256, EdDSA",
                "holdfast.token.algorithms | HS257",
                "holdfast.token.algorithms | RS512, PS256, ES384, Ed25519",
                "holdfast.token.algorithms | RS255",
                "holdfast.api.keys | reader:sha256:0a0a",
                "holdfast.api.keys | plain",
                "holdfast.api.keys | reader:sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
                "holdfast.api.keys | owner:sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
                "holdfast.api.keys | reader:sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "holdfast.api.keys | reader:sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
                "holdfast.origins | *",
                "holdfast.origins | null",
                "holdfast.origins | NULL",
                "holdfast.origins | https://shop.example:8443, HTTP://localhost/",
                "holdfast.origins | https://*.shop.example, https://*.eu.shop.example:8443/",
                "holdfast.origins | https://*.com",
                "holdfast.origins | https://shop.*",
                "holdfast.origins | https://*shop.example",
                "holdfast.origins | http://localhost:*",
                "holdfast.origins | shop.example",
                "holdfast.origins | https://shop.example/page",
                "holdfast.namespaces | a,b-c,d_1",
                "holdfast.namespaces | a,a",
                "holdfast.namespaces | a b",
                "holdfast.dedup.id-pointer | /order/id",
                "holdfast.dedup.id-pointer | order.id",
                "holdfast.dedup.id-pointer | /Ångström",
                "holdfast.channels.dedup.id-pointer | /Ångström",
                "holdfast.engine.url | jdbc:postgresql://db.example:5432/holdfast?sslmode=verify-full",
                "holdfast.engine.url | jdbc:postgresql://db.example/holdfast?password=secret",
                "holdfast.engine.url | postgresql://db.example/holdfast",
                "holdfast.engine.url | jdbc:h2:mem:holdfast",
                "holdfast.cluster | postgresql",
                "holdfast.cluster.address | http://10.0.0.7:9080",
                "holdfast.cluster.address | https://[fd00::7]:9443/",
                "holdfast.cluster.address | https://node1.example",
                "holdfast.cluster.address | 10.0.0.7:9080",
                "holdfast.cluster.address | http://10.0.0.7:9080/gateway",
                "holdfast.cluster.address | ftp://10.0.0.7",
                "holdfast.health.zone | Europe/Vienna",
                "holdfast.health.zone | Vienna",
                "health.port | -1",
                "health.port | 65536",
            })
    void server_and_command_line_agree(String key, String value) throws IOException {
        assertThat(refusedByCommandLine(key, value))
                .as("%s = %s is refused by the command line", key, value)
                .isEqualTo(refusedByServer(key, value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void an_empty_value_is_a_missing_one_for_both(String value) throws IOException {
        for (String key : List.of(
                "holdfast.insecure",
                "holdfast.ping.interval",
                "holdfast.breaker.trials",
                "holdfast.pending.overflow",
                "holdfast.token.hmac-secret",
                "holdfast.dedup.id-pointer",
                "holdfast.health.zone",
                "health.port")) {
            assertThat(refusedByServer(key, value)).as("%s, by the server", key).isFalse();
            assertThat(refusedByCommandLine(key, value))
                    .as("%s, by the command line", key)
                    .isFalse();
        }
    }

    private static boolean refusedByServer(String key, String value) {
        try {
            Configuration.read(new MapConfig(Map.of(key, value)), Path.of("/out"), Path.of("/tmp"));
            return false;
        } catch (ConfigurationException e) {
            return true;
        }
    }

    private boolean refusedByCommandLine(String key, String value) throws IOException {
        Path file = Files.writeString(
                directory.resolve("server.xml"),
                "<server><variable name=\"" + key + "\" value=\"" + value + "\"/></server>");
        CliRun run = CliRun.run("config", "check", "--json", file.toString());
        for (var finding : run.json().path("findings")) {
            if (finding.path("level").asText().equals("error")
                    && finding.path("key").asText().equals(key)) {
                assertThat(run.exit()).isEqualTo(1);
                return true;
            }
        }
        return false;
    }
}
