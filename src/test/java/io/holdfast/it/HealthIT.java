package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The port for health and metrics, seen from outside. */
class HealthIT {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String REPORT = "health/websocket";

    private static LibertyServer gateway;

    @BeforeAll
    static void start() {
        gateway = LibertyServer.insecure("health");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static HttpResponse<String> call(URI base, String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(Duration.ofSeconds(20))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return call(gateway.health(), "GET", path);
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static JsonNode report() throws Exception {
        return Json.read(get(REPORT).body());
    }

    @Test
    void the_report_has_exactly_these_fields_in_this_order() throws Exception {
        HttpResponse<String> response = get(REPORT);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        JsonNode report = Json.read(response.body());
        assertThat(names(report))
                .containsExactly("status", "timestamp_utc", "timestamp_melbourne", "connections", "metrics");
        assertThat(report.path("status").asText()).isEqualTo("healthy");
        assertThat(names(report.path("connections")))
                .containsExactly("total_connections", "connected", "disconnected", "total_queued_messages");
        JsonNode metrics = report.path("metrics");
        assertThat(names(metrics)).containsExactly("connections", "messages", "queue", "retry", "circuit_breaker");
        assertThat(names(metrics.path("connections")))
                .containsExactly("total", "active", "failed", "reconnections", "timeouts");
        assertThat(names(metrics.path("messages")))
                .containsExactly(
                        "sent", "queued", "failed", "expired", "deduplicated", "acknowledged", "dropped", "dead");
        assertThat(names(metrics.path("queue"))).containsExactly("current_size", "maximum_size", "overflows");
        assertThat(names(metrics.path("retry"))).containsExactly("attempts", "successes", "failures", "success_rate");
        assertThat(names(metrics.path("circuit_breaker")))
                .containsExactly("state", "opens", "half_opens", "closes", "recipients");

        String utc = report.path("timestamp_utc").asText();
        String local = report.path("timestamp_melbourne").asText();
        assertThat(utc).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(local).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\+1[01]:00");
        Instant now = Instant.parse(utc);
        assertThat(OffsetDateTime.parse(local))
                .isEqualTo(now.atZone(ZoneId.of("Australia/Melbourne")).toOffsetDateTime());
        assertThat(Duration.between(now, Instant.now()).abs()).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void it_counts_devices_and_what_waits_for_them_and_stays_healthy() throws Exception {
        JsonNode before = report().path("connections");
        try (RawClient stays = gateway.client()) {
            stays.connectAs("health-stays");
            try (RawClient leaves = gateway.client()) {
                leaves.connectAs("health-leaves");
            }
            gateway.api().sendNumbers("health-leaves", 1, 3);
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                JsonNode report = report();
                assertThat(report.path("status").asText()).isEqualTo("healthy");
                JsonNode now = report.path("connections");
                assertThat(now.path("connected").asInt())
                        .isEqualTo(before.path("connected").asInt() + 1);
                assertThat(now.path("total_connections").asInt())
                        .isEqualTo(before.path("total_connections").asInt() + 2);
                assertThat(now.path("disconnected").asInt())
                        .isEqualTo(now.path("total_connections").asInt()
                                - now.path("connected").asInt());
                assertThat(now.path("total_queued_messages").asInt()).isEqualTo(3);
            });
        }
    }

    @Test
    void any_page_may_read_it_unless_configured_otherwise() throws Exception {
        HttpResponse<String> read = call(gateway.health(), "GET", REPORT, "Origin", "https://watch.example");
        assertThat(read.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
        HttpResponse<String> asked = call(
                gateway.health(),
                "OPTIONS",
                REPORT,
                "Origin",
                "https://watch.example",
                "Access-Control-Request-Method",
                "GET");
        assertThat(asked.statusCode()).isEqualTo(204);
        assertThat(asked.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
        assertThat(asked.headers().firstValue("Access-Control-Allow-Methods"))
                .hasValueSatisfying(methods -> assertThat(methods).contains("GET"));
        assertThat(call(gateway.health(), "POST", REPORT).statusCode()).isEqualTo(405);
        HttpResponse<String> head = call(gateway.health(), "HEAD", REPORT);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void the_port_answers_health_and_metrics_and_nothing_else() throws Exception {
        for (String path : List.of("health", "health/ready", "health/live", "health/started", "metrics", REPORT)) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(200);
        }
        for (String path : List.of(
                "",
                "mode",
                "openapi",
                "holdfast.js",
                "index.html",
                "admin/",
                "api/stats",
                "connection/websocket",
                "websocket-health",
                "health/websocket/more",
                "healthy",
                "nothing")) {
            assertThat(get(path).statusCode()).as("/" + path).isEqualTo(404);
        }
        assertThat(call(gateway.health(), "POST", "api/send", "X-API-Key", LibertyServer.API_KEY)
                        .statusCode())
                .isEqualTo(404);
        assertThat(call(gateway.health(), "GET", "api/stats", "Origin", "https://elsewhere.example")
                        .statusCode())
                .as("before any other answer")
                .isEqualTo(404);
        assertThat(gateway.api().get("/mode").status()).as("on the other port").isEqualTo(200);
        assertThat(gateway.api().get("/websocket-health").status()).isEqualTo(404);
    }

    @Test
    void an_error_names_no_class_of_the_container() throws Exception {
        for (URI server : List.of(gateway.http(), gateway.health())) {
            for (String path : List.of("nothing", "nothing/below", "WEB-INF/web.xml", "error", "a.jsp", "%2e%2e")) {
                HttpResponse<String> answer = call(server, "GET", path);
                assertThat(answer.statusCode()).as(path).isBetween(400, 404);
                assertThat(answer.body()).as(path).doesNotContain("SRVE", "jakarta.", "Exception", "com.ibm");
            }
        }
        assertThat(call(gateway.http(), "GET", "nothing").body()).contains("\"code\":\"not_found\"");
        HttpResponse<String> posted = call(gateway.http(), "POST", "index.html");
        assertThat(posted.statusCode()).isEqualTo(405);
        assertThat(posted.headers().firstValue("Allow")).hasValue("GET, HEAD");
        assertThat(posted.body()).contains("\"code\":\"method_not_allowed\"").doesNotContain("SRVE", "Exception");
    }

    @Test
    void every_documented_metric_is_exposed_and_no_client_is_a_label() throws Exception {
        countTwo("health-counted");
        String metrics = get("metrics").body();
        Matcher rows = Pattern.compile("^\\| `(holdfast_\\w+)` \\| (\\w*)", Pattern.MULTILINE)
                .matcher(Files.readString(Path.of("docs", "monitoring.md")));
        int count = 0;
        for (; rows.find(); count++) {
            String series = rows.group(2).equals("histogram") ? rows.group(1) + "_bucket" : rows.group(1);
            assertThat(metrics).containsPattern("(?m)^" + series + "\\{");
        }
        assertThat(count).isGreaterThan(100);
        assertThat(metrics).doesNotContain("health-counted");
        assertThat(metrics)
                .containsPattern("(?m)^holdfast_build_info\\{[^}]*engine=\"rocksdb\"")
                .containsPattern("(?m)^holdfast_send_latency_milliseconds\\{[^}]*quantile=\"0.999\"");
    }

    @Test
    void latencies_are_real_histograms() throws Exception {
        countTwo("health-histogram");
        String metrics = get("metrics").body();
        for (String name : List.of(
                "holdfast_send_latency_seconds",
                "holdfast_confirm_latency_seconds",
                "holdfast_handlers_duration_seconds")) {
            assertThat(metrics)
                    .contains("# TYPE " + name + " histogram\n")
                    .containsPattern("(?m)^" + name + "_bucket\\{[^}]*le=\"0.001\"")
                    .containsPattern("(?m)^" + name + "_bucket\\{[^}]*le=\"60.0\"")
                    .doesNotContainPattern("(?m)^" + name + "\\{");
            assertThat(value(metrics, name + "_bucket", "le=\"+Inf\""))
                    .as(name)
                    .isEqualTo(value(metrics, name + "_count"));
        }
        assertThat(value(metrics, "holdfast_send_latency_seconds_count"))
                .isEqualTo(value(metrics, "holdfast_send_latency_measurements_total"));
    }

    @Test
    void promtool_finds_nothing_to_object_to_in_our_metrics() throws Exception {
        String page = Files.readString(Path.of("docs", "monitoring.md"));
        Set<String> old = Pattern.compile("^\\| `(holdfast_\\w+)", Pattern.MULTILINE)
                .matcher(page.substring(page.indexOf("\n## Old names\n")))
                .results()
                .map(row -> row.group(1))
                .collect(Collectors.toSet());
        Pattern ours = Pattern.compile("^(?:# (?:HELP|TYPE) )?(holdfast_\\w+)");
        String metrics = get("metrics")
                .body()
                .lines()
                .filter(line -> {
                    Matcher name = ours.matcher(line);
                    return name.find() && !old.contains(name.group(1));
                })
                .collect(Collectors.joining("\n", "", "\n"));
        assertThat(metrics.lines()).hasSizeGreaterThan(200);
        Promtool.findsNothing(metrics, "check", "metrics");
    }

    /** Returns when two messages to this client are confirmed, and counted in the metrics. */
    private static void countTwo(String name) throws Exception {
        double before = value(get("metrics").body(), "holdfast_confirm_latency_seconds_count");
        try (RawClient client = gateway.client()) {
            client.connectAs(name);
            gateway.api().sendNumbers(name, 1, 2);
            client.publications("#" + name, 2);
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                String metrics = get("metrics").body();
                assertThat(value(metrics, "holdfast_messages_sent_total")).isGreaterThanOrEqualTo(2);
                assertThat(value(metrics, "holdfast_messages_acknowledged_total"))
                        .isGreaterThanOrEqualTo(2);
                assertThat(value(metrics, "holdfast_connections_active")).isGreaterThanOrEqualTo(1);
                assertThat(value(metrics, "holdfast_confirm_latency_seconds_count"))
                        .isGreaterThanOrEqualTo(before + 2);
            });
        }
    }

    private static double value(String metrics, String name) {
        return value(metrics, name, "");
    }

    private static double value(String metrics, String name, String label) {
        Matcher line = Pattern.compile("(?m)^" + name + "\\{[^}]*" + Pattern.quote(label) + "[^}]*} (\\S+)")
                .matcher(metrics);
        assertThat(line.find()).as(name).isTrue();
        return Double.parseDouble(line.group(1));
    }

    @Tag("slow")
    @Test
    void a_draining_gateway_says_so_and_is_not_restarted_for_it() throws Exception {
        try (LibertyServer drained = LibertyServer.prepare(
                        "health-drained",
                        Map.of(
                                "holdfast.insecure", "true",
                                "holdfast.health.zone", "Europe/Vienna",
                                "holdfast.health.origins", "https://watch.example",
                                "holdfast.metrics.enabled", "false"))
                .start()) {
            HttpResponse<String> before = call(drained.health(), "GET", REPORT, "Origin", "https://watch.example");
            assertThat(before.statusCode()).isEqualTo(200);
            assertThat(names(Json.read(before.body()))).contains("timestamp_vienna");
            assertThat(before.headers().firstValue("Access-Control-Allow-Origin"))
                    .hasValue("https://watch.example");
            assertThat(call(drained.health(), "GET", REPORT, "Origin", "https://other.example")
                            .headers()
                            .firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
            assertThat(call(drained.health(), "GET", "metrics").body())
                    .as("switched off")
                    .doesNotContain("holdfast_");

            assertThat(drained.api().postRaw("/api/drain?window=0", "").status())
                    .isEqualTo(200);
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                HttpResponse<String> after = call(drained.health(), "GET", REPORT);
                assertThat(after.statusCode()).isEqualTo(503);
                assertThat(Json.read(after.body()).path("status").asText()).isEqualTo("unavailable");
            });
            HttpResponse<String> ready = call(drained.health(), "GET", "health/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("draining");
            assertThat(call(drained.health(), "GET", "health/live").statusCode())
                    .isEqualTo(200);
        }
    }
}
