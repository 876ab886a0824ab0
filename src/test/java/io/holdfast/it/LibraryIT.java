package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.shop.Carts;
import com.example.shop.CleanupLog;
import com.example.shop.Diary;
import com.example.shop.Orders;
import com.example.shop.ReportServlet;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Somebody else's WAR, with the library in WEB-INF/lib, on a server configured as docs/library.md says. */
class LibraryIT {
    private static final Path DOCUMENT = Path.of("docs/library.md");
    private static final Path CLEANUP_DOCUMENT = Path.of("docs/cleanup.md");
    private static final Path SOURCES = Path.of("src/test/java/com/example/shop");
    private static final String SHOP = "/shop";

    private static final String PAGES = "<feature>pages-4.0</feature>";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static LibertyServer server;

    @BeforeAll
    static void deploy() throws IOException, URISyntaxException {
        Path work = Files.createDirectories(Path.of("target/library-it"));
        Path serverXml = Files.writeString(
                work.resolve("server.xml"),
                Documents.server("docs/library.md")
                        .replace("</featureManager>", "<feature>mpOpenAPI-4.1</feature>" + PAGES + "</featureManager>")
                        .replace("</server>", healthLines() + "</server>"));
        Path war = work.resolve("shop.war");
        ShopWar.write(war);
        Map<String, String> variables =
                Map.of("holdfast.insecure", "true", "holdfast.cleanup.enabled", "false", "holdfast.cleanup.grace", "1");
        server = LibertyServer.prepare("library", variables, serverXml, war).start();
    }

    private static String healthLines() throws IOException {
        return Documents.snippets(DOCUMENT, "xml").stream()
                .filter(xml -> xml.contains("health.war"))
                .findFirst()
                .orElseThrow();
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void the_application_sends_by_injection_and_observes_what_became_of_it() {
        String client = Names.fresh("buyer");
        try (RawClient connection = RawClient.open(server.websocket(SHOP))) {
            connection.connectForTags(client);
            assertThat(ship(client, "o1")).isEqualTo("sent");
            assertThat(connection.publication("#" + client).id()).isEqualTo("shipped-o1");
            assertThat(ship(client, "o1")).isEqualTo("sent before");
            await().untilAsserted(() -> assertThat(diary())
                    .containsSubsequence(client + " is here", client + " has got shipped-o1")
                    .contains("event ClientConnected", "event MessageAcknowledged"));
        }
        await().untilAsserted(() -> assertThat(diary()).contains("event ClientDisconnected"));
    }

    @Test
    void what_was_sent_while_nobody_was_there_comes_later() {
        String client = Names.fresh("buyer");
        ship(client, "o1");
        ship(client, "o2");
        try (RawClient connection = RawClient.open(server.websocket(SHOP))) {
            connection.connectForTags(client);
            assertThat(connection.publications("#" + client, 2))
                    .extracting(Pub::id)
                    .containsExactly("shipped-o1", "shipped-o2");
        }
    }

    @Test
    void a_login_and_its_cart_outlive_connections_over_all_transports() throws Exception {
        String client = Names.fresh("buyer");
        String cookie = login(client);
        for (int round = 0; round < 3; round++) {
            try (RawClient connection =
                    RawClient.open(server.websocket(SHOP), Map.of("Cookie", cookie), Wire.JSON.subprotocols())) {
                connection.connectAs(client);
            }
            assertThat(loggedIn(cookie)).as("after the WebSocket").isEqualTo(client + " wants shoes");
            for (HttpRequest.Builder stream : fallbacks(client)) {
                HttpResponse<InputStream> opened =
                        HTTP.send(stream.header("Cookie", cookie).build(), HttpResponse.BodyHandlers.ofInputStream());
                assertThat(opened.statusCode()).isEqualTo(200);
                assertThat(opened.headers().map()).doesNotContainKey("set-cookie");
                opened.body().close();
            }
            assertThat(loggedIn(cookie)).as("after the streams").isEqualTo(client + " wants shoes");
        }
    }

    /** The cookie of a session that nobody asked for could come after that of a login that is under way. */
    @Test
    void a_handshake_begins_no_session() {
        try (Handshake handshake = Handshake.open(server.websocket(SHOP), "")) {
            assertThat(handshake.status()).isEqualTo(101);
            assertThat(handshake.header("Set-Cookie")).isNull();
        }
        try (Handshake handshake = Handshake.open(server.websocket(SHOP), "Cookie: JSESSIONID=0000gone:x\r\n")) {
            assertThat(handshake.status()).isEqualTo(101);
            assertThat(handshake.header("Set-Cookie")).isNull();
        }
    }

    private static String login(String customer) throws Exception {
        HttpResponse<Void> answer = HTTP.send(
                HttpRequest.newBuilder(server.http().resolve(SHOP + "/login?item=shoes&customer=" + customer))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    }

    private static String loggedIn(String cookie) throws Exception {
        return HTTP.send(
                        HttpRequest.newBuilder(server.http().resolve(SHOP + "/login"))
                                .header("Cookie", cookie)
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static List<HttpRequest.Builder> fallbacks(String client) {
        String connect = Json.object("{'id': 1, 'connect': {'data': {'client': '%s'}}}", client)
                .toString();
        return List.of(
                HttpRequest.newBuilder(server.http().resolve(SHOP + "/connection/http_stream"))
                        .POST(HttpRequest.BodyPublishers.ofString(connect)),
                HttpRequest.newBuilder(server.http()
                        .resolve(SHOP + "/connection/sse?cf_connect="
                                + URLEncoder.encode(connect, StandardCharsets.UTF_8))));
    }

    @Test
    void the_api_lies_below_the_applications_context_root() {
        String client = Names.fresh("buyer");
        assertThat(server.api()
                        .post(SHOP + "/api/send", "{'client': '%s', 'id': 'a', 'data': 1}", client)
                        .status())
                .isEqualTo(200);
        assertThat(server.api()
                        .get(SHOP + "/api/message?id=a&client=" + client)
                        .json()
                        .path("state")
                        .asText())
                .isEqualTo("queued");
        assertThat(server.api().get("/api/message?id=a&client=" + client).status())
                .as("not at the root")
                .isEqualTo(404);
    }

    @Test
    void health_and_metrics_have_it() {
        ship(Names.fresh("buyer"), "o1");
        Api.Answer ready = server.api().get("/health/ready");
        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.json().findValuesAsText("name")).contains("publishing");
        assertThat(server.api().get("/metrics").body()).contains("io.holdfast.delivery.GuardedEngine.append");
    }

    @Test
    void the_report_is_served_where_the_application_wants_it() {
        for (String path : List.of("/health/websocket", SHOP + "/report")) {
            server.awaitAnswer(path, 200);
            assertThat(server.api().get(path).json().path("status").asText())
                    .as(path)
                    .isEqualTo("healthy");
        }
        for (String path : List.of("/health/websocket/more", SHOP + "/websocket-health")) {
            assertThat(server.api().get(path).status()).as(path).isEqualTo(404);
        }
    }

    @Test
    void the_applications_pages_are_its_own_and_the_module_is_there() {
        Api.Answer page = server.api().get(SHOP + "/");
        assertThat(page.body()).contains("<title>Shop</title>");
        assertThat(page.header("Content-Security-Policy")).isNull();
        Api.Answer module = server.api().get(SHOP + "/holdfast.js");
        assertThat(module.status()).isEqualTo(200);
        assertThat(module.body()).contains("export ");
        assertThat(server.api().get(SHOP + "/app.js").status()).isEqualTo(404);
    }

    @Test
    void the_description_of_the_api_is_served_with_the_applications_context_root() {
        Api.Answer description = server.api().get("/openapi?format=json");
        assertThat(description.json().at("/servers/0/url").asText()).isEqualTo(SHOP);
        assertThat(description.json().path("servers")).hasSize(1);
        assertThat(description.json().path("paths").has("/api/send")).isTrue();
    }

    @Test
    void the_applications_own_properties_configure_it() {
        Api.Answer answer = server.api().post(SHOP + "/api/send", "{'client': 'c', 'data': '%s'}", "x".repeat(2_100));
        assertThat(answer.body()).contains("too_large").contains("2048");
        assertThat(answer.status()).isEqualTo(400);
    }

    @Test
    void the_store_lies_in_the_servers_directory() {
        assertThat(server.dataDirectory()).isDirectoryContaining(file -> file.endsWith("CURRENT"));
    }

    @Test
    void the_code_in_the_document_is_the_code_of_this_test() throws IOException {
        theCodeIsIn(DOCUMENT, Orders.class, Diary.class, ReportServlet.class);
        theCodeIsIn(CLEANUP_DOCUMENT, Carts.class, CleanupLog.class);
    }

    private static void theCodeIsIn(Path document, Class<?>... shown) throws IOException {
        List<String> snippets = Documents.snippets(document, "java");
        assertThat(snippets).isNotEmpty();
        String code = "";
        for (Class<?> each : shown) {
            code += Files.readString(SOURCES.resolve(each.getSimpleName() + ".java"));
        }
        assertThat(code).contains(snippets);
    }

    @Test
    void a_kind_of_the_applications_own_is_set_aside_deleted_and_restored() {
        String lost = Names.fresh("lost");
        String missed = Names.fresh("missed");
        fill(lost, "");
        fill(missed, "");
        assertThat(cleanup("/state", null).path("kinds").toString()).endsWith("\"channels\",\"carts\"]");
        await().pollInterval(Duration.ofMillis(300)).until(() -> {
            clean();
            return !carts("").contains(lost) && !carts("").contains(missed);
        });

        JsonNode restored = cleanup("/restore", "{'kind': 'carts', 'id': '" + missed + "'}");

        assertThat(restored.path("restored").asInt()).isEqualTo(1);
        assertThat(carts("")).contains(missed);
        await().pollInterval(Duration.ofMillis(300)).until(() -> {
            clean();
            return carts("?calls").contains("delete " + lost);
        });
        assertThat(carts("?calls")).doesNotContain("delete " + missed);
        assertThat(cleanup("/audit?limit=1000", null).path("audit").findParents("id").stream()
                        .filter(entry -> entry.path("id").asText().equals(lost))
                        .map(entry -> entry.path("action").asText()))
                .containsExactly("soft_delete", "delete");
    }

    @Test
    void what_fails_in_the_application_is_tried_again_as_its_cause_says() {
        String busy = Names.fresh("busy");
        String guarded = Names.fresh("guarded");
        fill(busy, "&busy=2");
        fill(guarded, "&guarded=");
        int others = 25; // so that one failure is under 5 %
        for (int i = 0; i < others; i++) {
            fill(Names.fresh("other"), "");
        }
        await().pollInterval(Duration.ofMillis(300))
                .until(() -> cleanup("/run", "{'kinds': ['carts'], 'dry_run': true, 'quota': 1000}")
                                .path("candidates")
                                .asInt()
                        >= others + 2);

        clean();

        assertThat(carts("")).doesNotContain(busy);
        assertThat(carts("?calls"))
                .filteredOn(("hide " + busy)::equals)
                .as("too many requests: it was tried again")
                .hasSize(3);
        assertThat(carts("?calls"))
                .filteredOn(("hide " + guarded)::equals)
                .as("not allowed: it was not")
                .hasSize(1);
        assertThat(carts("")).contains(guarded);
        JsonNode failure = cleanup("/state", null).path("failures").path(0);
        assertThat(failure.path("id").asText()).isEqualTo(guarded);
        assertThat(failure.path("detail").asText()).isEqualTo("authorization: the shop's store refused it");
    }

    @Test
    void the_application_observes_the_end_of_a_cycle() {
        long cycle = clean();
        assertThat(diary()).contains("cleanup " + cycle + " COMPLETED");
    }

    private static void fill(String cart, String more) {
        assertThat(server.api()
                        .postRaw(SHOP + "/carts?client=buyer&id=" + cart + more, "")
                        .status())
                .isEqualTo(200);
    }

    private static List<String> carts(String query) {
        return server.api().get(SHOP + "/carts" + query).body().lines().toList();
    }

    /** @return the number of the cycle, which has ended */
    private static long clean() {
        JsonNode cycle = cleanup("/run", "{'kinds': ['carts'], 'wait': true, 'quota': 1000}");
        assertThat(cycle.path("result").asText()).as(cycle.toString()).isEqualTo("completed");
        return cycle.path("number").asLong();
    }

    private static JsonNode cleanup(String path, String body) {
        String all = SHOP + "/api/cleanup" + path;
        Api.Answer answer = body == null ? server.api().get(all) : server.api().post(all, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static String ship(String client, String order) {
        Api.Answer answer = server.api().postRaw(SHOP + "/orders?client=" + client + "&order=" + order, "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static List<String> diary() {
        return server.api().get(SHOP + "/orders").body().lines().toList();
    }
}
