package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.validate.Format;
import io.holdfast.validate.Outcome;
import io.holdfast.validate.Scenario;
import io.holdfast.validate.Settings;
import io.holdfast.validate.Suite;
import io.holdfast.validate.Target;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The WAR on other servers: the short form of the validation suite in both formats, and what is the servers' part. */
@Tag("slow")
class PortabilityIT {
    private static final String SECRET = "a-secret-of-the-tests-with-32-bytes-and-more";
    private static final String KEY = "a-key-for-the-validation-suite";
    private static final Path PAGE = Path.of("docs/portability.md");

    /**
     * The scenarios that do not hold on a server, each with words of what is then said. A scenario that holds after all
     * fails its test too: take it off here and in the page.
     */
    private static final Map<OtherServer, Map<String, String>> EXCEPTIONS = Map.of(
            OtherServer.PAYARA_MICRO,
            Map.of(
                    "health", "the status of /health/websocket is 301",
                    "queued-count", "the status of /health/websocket is 301"),
            OtherServer.WILDFLY_PREVIEW,
            Map.of(
                    "health", "the status of /health/websocket is 404",
                    "queued-count", "the status of /health/websocket is 404",
                    "metrics", "the status of /metrics is 404",
                    "unreadable-body", "a body that is not gzip is 200"));

    private static final Map<String, String> INSECURE = Map.of("HOLDFAST_INSECURE", "true");
    private static final String CALL = "GET /api/metrics HTTP/1.1\r\nX-API-Key: dev\r\n";
    private static final String HANDSHAKE =
            "GET /connection/websocket HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    private static final String STREAM = "GET /connection/sse?cf_connect=%7B%7D HTTP/1.1\r\n";

    private static OtherServer.Running running;

    @AfterAll
    static void stop() {
        if (running != null) {
            running.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> all_scenarios_on_payara_micro() throws Exception {
        return scenarios(OtherServer.PAYARA_MICRO);
    }

    @TestFactory
    Stream<DynamicTest> all_scenarios_on_wildfly_preview() throws Exception {
        return scenarios(OtherServer.WILDFLY_PREVIEW);
    }

    private static Stream<DynamicTest> scenarios(OtherServer server) throws Exception {
        stop();
        running = server.start(
                "other-" + server,
                Map.of(
                        "HOLDFAST_TOKEN_HMAC_SECRET",
                        SECRET,
                        "HOLDFAST_API_KEYS",
                        Tokens.hashed("admin", KEY),
                        "HOLDFAST_CHANNELS_PUBLISH",
                        "clients",
                        "HOLDFAST_CHANNELS_HISTORY",
                        "clients"));
        Settings settings = new Settings(
                List.of(Format.values()),
                ThreadLocalRandom.current().nextInt(),
                Set.of(),
                true,
                false,
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                running.console());
        Suite suite = new Suite(new Target(running.http(), running.health(), KEY, SECRET), settings, null);
        Map<String, String> exceptions = EXCEPTIONS.get(server);
        assertThat(suite.chosen()).extracting(Scenario::name).containsAll(exceptions.keySet());
        List<Scenario> held = suite.chosen().stream()
                .filter(scenario -> !exceptions.containsKey(scenario.name()))
                .toList();
        List<Scenario> others = suite.chosen().stream()
                .filter(scenario -> exceptions.containsKey(scenario.name()))
                .toList();
        return Stream.of(
                        Stream.of(
                                DynamicTest.dynamicTest("the report", PortabilityIT::theReportIsServed),
                                DynamicTest.dynamicTest(
                                        "the description of the API", PortabilityIT::theApiIsDescribed)),
                        ValidationIT.tests(suite, held, Assertions::fail),
                        others.stream()
                                .flatMap(scenario -> Stream.of(Format.values())
                                        .map(format -> DynamicTest.dynamicTest(
                                                "not " + scenario.name() + " " + format,
                                                () -> doesNotHold(
                                                        suite, scenario, format, exceptions.get(scenario.name()))))))
                .flatMap(each -> each);
    }

    /** By health.war, which answers at its context root: Payara sends there from the path without the slash. */
    private static void theReportIsServed() {
        Api.Answer report = new Api(running.http(), null).get("/health/websocket/");
        assertThat(report.status()).as(report.body()).isEqualTo(200);
        assertThat(report.json().at("/connections/total_queued_messages").isNumber())
                .isTrue();
    }

    private static void theApiIsDescribed() throws IOException {
        JsonNode served =
                Json.ofYaml(new Api(running.http(), null).get("/openapi").body());
        JsonNode ours = Json.ofYaml(Files.readString(Path.of("src/main/webapp/META-INF/openapi.yaml")));
        assertThat(served.path("paths").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrderElementsOf(() -> ours.path("paths").fieldNames());
    }

    private static void doesNotHold(Suite suite, Scenario scenario, Format format, String words) throws IOException {
        Outcome outcome = suite.run(scenario, format).outcome();
        assertThat(outcome.kind())
                .as("%s holds now: take it off the list, and out of %s", scenario.name(), PAGE)
                .isEqualTo(Outcome.Kind.FAILED);
        assertThat(outcome.detail()).contains(words);
        assertThat(Files.readString(PAGE)).contains("`" + scenario.name() + "`");
    }

    @ParameterizedTest
    @EnumSource
    void insecure_mode_does_not_start_where_others_can_reach_the_server(OtherServer server) throws Exception {
        Optional<InetAddress> outside = outside();
        Machine.needs(outside.isPresent(), "this machine has no address but loopback");
        try (OtherServer.Running gateway =
                server.start("reachable-" + server, OtherServer.EVERYWHERE, "/health/live", INSECURE)) {
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> Files.readString(gateway.console()).contains("Holdfast does not start"));
            assertThat(Files.readString(gateway.console()))
                    .contains("holdfast.insecure has the value 'true'")
                    .contains("listens on '");
            Api health = new Api(gateway.health(), null);
            await().atMost(Duration.ofMinutes(1)) // Payara answers when the application is deployed
                    .until(() ->
                            health.get("/health/ready").body().contains("true only if the server listens on loopback"));
            for (InetAddress address : List.of(InetAddress.getLoopbackAddress(), outside.get())) {
                for (String request : List.of(CALL, HANDSHAKE, STREAM)) {
                    assertThat(status(address, gateway, request))
                            .as("%s at %s", request, address)
                            .isEqualTo("503");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void insecure_mode_starts_where_only_this_machine_reaches_the_server(OtherServer server) throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (OtherServer.Running gateway =
                server.start("insecure-" + server, loopback.getHostAddress(), "/health/ready", INSECURE)) {
            await().during(Duration.ofSeconds(5)) // it looks again and again
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> status(loopback, gateway, CALL).equals("200"));
            assertThat(Files.readString(gateway.console())).doesNotContain("Holdfast does not start");
        }
    }

    private static Optional<InetAddress> outside() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst();
    }

    /** As if it came to localhost: only the address says otherwise. */
    private static String status(InetAddress address, OtherServer.Running gateway, String request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, gateway.http().getPort()), 5_000);
            socket.setSoTimeout(10_000);
            String whole = request + "Host: localhost:" + gateway.http().getPort() + "\r\n\r\n";
            socket.getOutputStream().write(whole.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1).substring(9);
        }
    }
}
