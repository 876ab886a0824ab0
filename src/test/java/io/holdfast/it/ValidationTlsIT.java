package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cli.CliRun;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The validation suite and the other commands against a gateway behind a proxy that ends TLS, with a CA of its own. */
@ExtendWith(Gateway.class)
@Tag("slow")
class ValidationTlsIT {
    private static final String SCENARIOS =
            "upgrade,foreign-origin,connect-reply,split-message,both-formats,frame-limit,ordering,slow-consumer,cut,"
                    + "backlog,api-key,flood,health,cut-by-network,reset-by-network,split";

    @TempDir
    static Path directory;

    private static TlsProxy proxy;

    private final LibertyServer gateway;

    ValidationTlsIT(LibertyServer gateway) {
        this.gateway = gateway;
    }

    @BeforeAll
    static void start(LibertyServer upstream) {
        proxy = new TlsProxy(upstream.http(), "localhost", directory);
    }

    @AfterAll
    static void stop() {
        proxy.close();
    }

    private CliRun validate(String url, String... more) {
        String[] arguments = {"validate", url, "--health-url", gateway.health().toString(), "--json"};
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return CliRun.run(all);
    }

    @Test
    void with_the_certificate_of_its_authority_everything_holds() {
        CliRun run = validate(
                proxy.base().toString(),
                "--ca-file",
                proxy.certificate().toString(),
                "--only",
                SCENARIOS,
                "--chaos",
                "--latency-limit",
                "5000");
        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.json().path("passed").asInt()).as(run.out()).isEqualTo(2 * SCENARIOS.split(",").length);
    }

    @Test
    void an_untrusted_certificate_is_refused_and_the_message_says_what_to_do() {
        CliRun run = validate(proxy.base().toString(), "--only", "upgrade");
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err())
                .contains("certificate is not trusted", "--ca-file")
                .doesNotContain("Exception");
        assertThat(run.out()).isEmpty();

        CliRun other = CliRun.run("clients", "--url", proxy.base().toString(), "--json");
        assertThat(other.exit()).isEqualTo(3);
        assertThat(other.error().path("message").asText()).contains("certificate is not trusted");
        assertThat(other.error().path("advice").asText()).contains("--ca-file");
    }

    @Test
    void a_certificate_for_another_host_is_refused_also_when_it_is_trusted() {
        try (TlsProxy foreign = new TlsProxy(gateway.http(), "other.example", directory)) {
            String file = foreign.certificate().toString();
            CliRun run = validate(foreign.base().toString(), "--ca-file", file);
            assertThat(run.exit()).isEqualTo(3);
            assertThat(run.err()).contains("for another host");
            CliRun other = CliRun.run("tail", "c", "--url", foreign.base().toString(), "--ca-file", file);
            assertThat(other.exit()).isEqualTo(3);
            assertThat(other.err()).contains("for another host");
        }
    }

    @Test
    void the_other_commands_take_the_file_too() {
        String[] trusted = {
            "--url", proxy.base().toString(), "--ca-file", proxy.certificate().toString()
        };
        String channel = Names.fresh("tls");
        CliRun published = CliRun.run("publish", channel, "7", trusted[0], trusted[1], trusted[2], trusted[3]);
        assertThat(published.exit()).as(published.toString()).isZero();
        CliRun tail = CliRun.run(
                "tail", channel, "--last", "1", "--count", "1", trusted[0], trusted[1], trusted[2], trusted[3]);
        assertThat(tail.out()).as(tail.toString()).isEqualTo("1  7\n");
    }

    @Test
    void a_file_without_certificates_is_a_wrong_option() throws Exception {
        String file = Files.writeString(directory.resolve("none.pem"), "no certificate")
                .toString();
        assertThat(validate(proxy.base().toString(), "--ca-file", file).exit()).isEqualTo(2);
        CliRun other = CliRun.run("clients", "--ca-file", file);
        assertThat(other.exit()).isEqualTo(2);
        assertThat(other.err()).contains("BEGIN CERTIFICATE");
    }
}
