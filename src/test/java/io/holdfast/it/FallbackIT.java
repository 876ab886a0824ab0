package io.holdfast.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.client.Close;
import io.holdfast.it.StreamClient.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fallback transports from outside: the same promises as over WebSocket. Times are set short. */
class FallbackIT {
    private static final int FRAME = 64 * 1024;

    /** Pongs confirm nothing here, so a slow machine cannot confirm what the test wants to see again. */
    private static final String EXPLICIT_RETURN =
            "{'data': {'client': '%s', 'acks': 'explicit'}, 'subs': {'#%s': {'recover': true, 'epoch': '%s', 'offset': %d}}}";

    private static LibertyServer gateway;

    private final String client = Names.fresh("fallback");
    private final String outbox = "#" + client;

    @BeforeAll
    static void start() {
        gateway = LibertyServer.prepare(
                        "fallback",
                        Map.of(
                                "holdfast.insecure", "true",
                                "holdfast.origins", "https://shop.example",
                                "holdfast.ping.interval", "1",
                                "holdfast.pong.timeout", "2",
                                "holdfast.confirm.interval", "0.2",
                                "holdfast.connect.timeout", "2",
                                "holdfast.pending.max-messages", "5000",
                                "holdfast.pending.max-bytes", "67108864"))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static int active() {
        JsonNode metrics = gateway.api().get("/api/metrics").json();
        return metrics.path("connections").path("active").asInt();
    }

    private static void none_active() {
        await().atMost(Duration.ofSeconds(15)).until(() -> active() == 0);
    }

    private static StreamClient of(Kind kind) {
        return StreamClient.of(gateway, kind);
    }

    @ParameterizedTest
    @EnumSource
    void commands_go_up_by_emulation_and_all_else_comes_down_in_the_stream(Kind kind) {
        String channel = Names.fresh("channel");
        try (StreamClient one = of(kind);
                RawClient other = gateway.client()) {
            JsonNode connected = one.connectAs(client);
            assertThat(connected.path("session").asText()).hasSizeGreaterThanOrEqualTo(22);
            assertThat(connected.path("node").asText()).isEqualTo("holdfast");
            assertThat(other.connectAs(Names.fresh("other")).has("session"))
                    .as("over WebSocket there is none")
                    .isFalse();
            one.command("subscribe", "{'channel': '%s'}", channel);
            other.command("subscribe", "{'channel': '%s'}", channel);
            one.command("publish", "{'channel': '%s', 'data': {'n': 1}}", channel);
            other.command("publish", "{'channel': '%s', 'data': {'n': 2, 'text': 'zwölf\\nLines'}}", channel);
            for (WireClient each : List.of(one, other)) {
                assertThat(each.publications(channel, 2)).extracting(Pub::n).containsExactly(1, 2);
            }
            assertThat(one.refused("rpc", "{'method': 'nothing'}")).isEqualTo(108);
            assertThat(one.header("x-accel-buffering")).isEqualTo("no");
            assertThat(one.header("cache-control")).contains("no-store", "no-transform");
            assertThat(one.header("content-type"))
                    .startsWith(kind == Kind.SSE ? "text/event-stream" : "application/x-ndjson");
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_name_may_be_other_than_ascii(Kind kind) {
        String name = Names.fresh("rückfall-😀");
        gateway.api().sendNumbers(name, 1, 1);
        try (StreamClient connection = of(kind)) {
            connection.connectAs(name);
            assertThat(connection.publications("#" + name, 1))
                    .extracting(Pub::n)
                    .containsExactly(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_backlog_comes_as_pushes_in_order_and_answered_pings_confirm_it(Kind kind) {
        gateway.api().sendNumbers(client, 1, 200);
        try (StreamClient connection = of(kind)) {
            connection.connectAs(client);
            assertThat(connection.publications(outbox, 200))
                    .extracting(Pub::n)
                    .containsExactly(OutboxIT.numbers(1, 200));
            await().until(() -> gateway.api().state(client, client + "-200").equals("acknowledged"));
            await().until(() -> connection.pings() > 3);
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void without_its_pongs_nothing_is_confirmed_and_it_ends_as_without_pong(Kind kind) {
        gateway.api().sendNumbers(client, 1, 3);
        try (StreamClient connection = of(kind)) {
            connection.ignorePings();
            connection.connectAs(client);
            connection.publications(outbox, 3);
            assertThat(connection.awaitClose()).isEqualTo(new Close(3012, "no pong"));
        }
        assertThat(gateway.api().state(client, client + "-1")).isNotEqualTo("acknowledged");
        try (StreamClient again = of(kind)) {
            again.connectAs(client);
            assertThat(again.publications(outbox, 3)).extracting(Pub::n).containsExactly(1, 2, 3);
        }
    }

    /** More than the send buffer and the socket hold together, with frames longer than the credit among them. */
    @ParameterizedTest
    @EnumSource
    void a_backlog_larger_than_all_buffers_comes_whole(Kind kind) {
        String filler = "x".repeat(50_000);
        for (int n = 1; n <= 100; n++) {
            gateway.api()
                    .send("{'client': '%s', 'data': {'n': %d, 'filler': '%s'}}", client, n, n % 2 == 0 ? filler : "");
        }
        try (StreamClient connection = StreamClient.narrow(gateway, kind)) {
            connection.connectAs(client);
            assertThat(connection.publications(outbox, 100))
                    .extracting(Pub::n)
                    .containsExactly(OutboxIT.numbers(1, 100));
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void a_position_is_resumed_across_transports_and_a_kill_of_the_server(Kind kind) {
        String epoch;
        long offset;
        try (StreamClient connection = of(kind)) {
            epoch = connection
                    .connect("{'data': {'client': '%s', 'acks': 'explicit'}}", client)
                    .path("subs")
                    .path(outbox)
                    .path("epoch")
                    .asText();
            gateway.api().sendNumbers(client, 1, 5);
            offset = connection.publications(outbox, 5).get(4).offset();
            gateway.api().sendNumbers(client, 6, 9);
            connection.publications(outbox, 4);
            gateway.restart();
            assertThat(connection.awaitClose().code()).isEqualTo(1006);
            assertThat(connection.emulate(connection.session(), connection.node(), "{}"))
                    .as("the session of an earlier life")
                    .isEqualTo(404);
        }
        try (StreamClient connection = of(kind)) {
            JsonNode sub = connection
                    .connect(EXPLICIT_RETURN, client, client, epoch, offset)
                    .path("subs")
                    .path(outbox);
            assertThat(sub.path("recovered").asBoolean()).isTrue();
            assertThat(connection.publications(outbox, 4)).extracting(Pub::n).containsExactly(6, 7, 8, 9);
        }
        try (RawClient connection = gateway.client()) {
            connection.connect(EXPLICIT_RETURN, client, client, epoch, offset + 2);
            assertThat(connection.publications(outbox, 2)).extracting(Pub::n).containsExactly(8, 9);
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_end_is_announced_in_the_stream(Kind kind) {
        try (StreamClient connection = of(kind)) {
            connection.connectAs(client);
            connection.send("no json");
            assertThat(connection.awaitClose()).isEqualTo(new Close(3501, "bad request"));
            await().until(() -> connection.emulate(connection.session(), connection.node(), "{}") == 404);
        }
        try (StreamClient connection = of(kind)) {
            connection.send("rubbish");
            assertThat(connection.awaitClose().code()).isEqualTo(3501);
        }
        try (StreamClient older = of(kind)) {
            older.connect("{'data': {'client': '%s', 'device': 'till'}}", client);
            try (RawClient newer = gateway.client()) {
                newer.connect("{'data': {'client': '%s', 'device': 'till'}}", client);
                assertThat(older.awaitClose()).isEqualTo(new Close(4500, "replaced"));
            }
        }
        try (StreamClient connection = of(kind)) {
            assertThat(connection.refused("connect", "{'data': {'client': ''}}"))
                    .isEqualTo(107);
        }
    }

    @Test
    void a_session_is_a_secret_that_only_its_own_stream_tells() {
        try (StreamClient owner = of(Kind.HTTP_STREAM);
                StreamClient other = of(Kind.SSE)) {
            owner.connectAs(client);
            other.connectAs(Names.fresh("other"));
            assertThat(owner.session()).isNotEqualTo(other.session());
            String publish = Json.object("{'id': 9, 'publish': {'channel': '%s', 'data': {'n': 1}}}", outbox)
                    .toString();
            char first = owner.session().charAt(0) == 'A' ? 'B' : 'A';
            String guess = first + owner.session().substring(1);
            assertThat(other.emulate(guess, owner.node(), publish)).isEqualTo(404);
            assertThat(other.emulate("", owner.node(), publish)).isEqualTo(404);
            owner.silent(outbox, Duration.ofMillis(500));
            assertThat(gateway.log()).doesNotContain(owner.session(), other.session());
        }
    }

    @Test
    void the_server_api_finds_the_connection_of_a_session_and_no_other() {
        String channel = Names.fresh("news");
        try (StreamClient one = of(Kind.HTTP_STREAM);
                RawClient other = gateway.client()) {
            one.connectAs(client);
            other.connectAs(client);
            String call = "{'user': '%s', 'channel': '%s', 'session': '%s', 'data': {'n': 7}}";
            for (String session : List.of(one.session() + "x", one.session())) {
                assertThat(gateway.api()
                                .post("/api/subscribe", call, client, channel, session)
                                .json()
                                .has("result"))
                        .isTrue();
            }
            assertThat(one.await(
                                    "the subscription",
                                    message -> message.path("push").has("subscribe"))
                            .at("/push/subscribe/data"))
                    .isEqualTo(Json.object("{'n': 7}"));
            gateway.api().post("/api/publish", "{'channel': '%s', 'data': {'n': 1}}", channel);
            assertThat(one.publication(channel).n()).isEqualTo(1);
            other.silent(channel, Duration.ofMillis(300));
            gateway.api().post("/api/disconnect", "{'user': '%s', 'session': '%s'}", client, one.session());
            assertThat(one.awaitClose().code()).isEqualTo(3503);
            assertThat(other.isOpen()).isTrue();
        }
    }

    @Test
    void an_invalid_emulation_request_gets_an_error_and_ends_no_session() {
        try (StreamClient connection = of(Kind.HTTP_STREAM)) {
            connection.connectAs(client);
            for (String wrong : List.of("", "{}", "[]", "{\"session\":1}", "no json")) {
                assertThat(connection.emulateRaw(wrong.getBytes(UTF_8)).statusCode())
                        .as(wrong)
                        .isEqualTo(400);
            }
            assertThat(connection
                            .emulateRaw("{\"session\":\"ü\"}".getBytes(StandardCharsets.ISO_8859_1))
                            .statusCode())
                    .isEqualTo(400);
            assertThat(connection
                            .post("/emulation", "{}".getBytes(UTF_8), "application/octet-stream")
                            .statusCode())
                    .isEqualTo(400);
            connection.command("ping", "{}");
        }
    }

    @Test
    void a_frame_of_64_kib_is_taken_and_a_longer_one_is_refused() {
        try (StreamClient connection = of(Kind.HTTP_STREAM)) {
            connection.connectAs(client);
            connection.send(pingOf(FRAME));
            connection.await("reply", message -> message.path("id").asInt() == 7);
            assertThat(connection.emulate(connection.session(), connection.node(), pingOf(FRAME + 1)))
                    .isEqualTo(413);
            assertThat(connection.emulateRaw(new byte[FRAME * 4 + 1]).statusCode())
                    .isEqualTo(413);
            connection.command("ping", "{}");
            assertThat(connection
                            .post("/connection/http_stream", pingOf(FRAME + 1).getBytes(UTF_8), "application/json")
                            .statusCode())
                    .isEqualTo(413);
        }
    }

    private static String pingOf(int bytes) {
        String frame = "{\"id\":7,\"ping\":{}}";
        return frame + " ".repeat(bytes - frame.length());
    }

    @Test
    void a_body_may_come_in_pieces_but_must_come_in_time() throws Exception {
        none_active();
        String body = Json.object("{'id': 1, 'connect': {'data': {'client': '%s'}}}", client)
                .toString();
        String head = "POST /connection/http_stream HTTP/1.1\r\nHost: localhost:"
                + gateway.http().getPort() + "\r\nContent-Length: " + body.length() + "\r\n\r\n";
        try (Socket socket = new Socket("localhost", gateway.http().getPort())) {
            socket.getOutputStream().write((head + body.substring(0, 5)).getBytes(UTF_8));
            Thread.sleep(300);
            socket.getOutputStream().write(body.substring(5).getBytes(UTF_8));
            assertThat(status(socket)).contains(" 200 ");
            await().until(() -> active() == 1);
        }
        try (Socket socket = new Socket("localhost", gateway.http().getPort())) {
            socket.getOutputStream().write((head + body.substring(0, 5)).getBytes(UTF_8));
            assertThat(status(socket)).contains(" 408 ");
        }
        try (Socket socket = new Socket("localhost", gateway.http().getPort())) {
            socket.getOutputStream()
                    .write((head.replaceAll("Content-Length: \\d+", "Transfer-Encoding: chunked") + "1\r\n{\r\n"
                                    + Integer.toHexString(body.length() - 1) + "\r\n" + body.substring(1)
                                    + "\r\n0\r\n\r\n")
                            .getBytes(UTF_8));
            assertThat(status(socket)).contains(" 200 ");
        }
    }

    /** Body after head, as browsers send it: it comes while the container still leaves the servlet, or after, or before. */
    @Test
    void every_request_is_answered_whenever_its_body_comes() throws Exception {
        try (StreamClient connection = of(Kind.HTTP_STREAM);
                Socket socket = new Socket("localhost", gateway.http().getPort())) {
            connection.connectAs(client);
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            for (int n = 0; n < 1_000; n++) {
                byte[] body = Json.object("{}")
                        .put("data", "{\"id\":" + (n + 2) + ",\"ping\":{}}")
                        .put("session", connection.session())
                        .put("node", connection.node())
                        .toString()
                        .getBytes(UTF_8);
                out.write(("POST /emulation HTTP/1.1\r\nHost: localhost:"
                                + gateway.http().getPort() + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                        .getBytes(UTF_8));
                LockSupport.parkNanos(n % 10 * 100_000L);
                out.write(body);
                assertThat(status(socket)).contains(" 204 ");
                skipHead(socket);
            }
        }
    }

    private static void skipHead(Socket socket) throws IOException {
        String line = "more";
        while (!line.isBlank()) {
            line = status(socket);
        }
        assertThat(socket.getInputStream().read()).isEqualTo('\n');
    }

    private static String status(Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        StringBuilder line = new StringBuilder();
        for (int b = socket.getInputStream().read();
                b != '\r' && b >= 0;
                b = socket.getInputStream().read()) {
            line.append((char) b);
        }
        return line.toString();
    }

    @Test
    void a_client_that_disappears_is_noticed() {
        none_active();
        List<StreamClient> clients = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            for (int i = 0; i < 3; i++) {
                StreamClient connection = of(kind);
                connection.connectAs(Names.fresh("gone"));
                clients.add(connection);
            }
        }
        assertThat(active()).isEqualTo(6);
        for (int i = 0; i < clients.size(); i++) {
            if (i % 2 == 0) {
                clients.get(i).drop();
            } else {
                clients.get(i).close();
            }
        }
        none_active();
    }

    /** Ten of them, which is more than there are threads for closing. */
    @ParameterizedTest
    @EnumSource
    void clients_that_stop_reading_are_closed_and_cost_the_others_nothing(Kind kind) {
        none_active();
        String channel = Names.fresh("stall");
        String filler = "x".repeat(8_000);
        List<StreamClient> stalled = new ArrayList<>();
        try (RawClient socket = gateway.client();
                StreamClient stream = of(kind)) {
            for (WireClient reader : List.of(socket, stream)) {
                reader.connectAs(Names.fresh("reader"));
                reader.command("subscribe", "{'channel': '%s'}", channel);
            }
            for (int i = 0; i < 10; i++) {
                StreamClient one = StreamClient.narrow(gateway, kind);
                one.connectAs(Names.fresh("stalled"));
                one.command("subscribe", "{'channel': '%s'}", channel);
                one.stall();
                stalled.add(one);
            }
            long slowest = 0;
            for (int n = 1; n <= 300; n++) {
                long start = System.nanoTime();
                gateway.api()
                        .post(
                                "/api/publish",
                                "{'channel': '%s', 'data': {'n': %d, 'filler': '%s'}}",
                                channel,
                                n,
                                filler);
                assertThat(socket.publication(channel).n()).isEqualTo(n);
                assertThat(stream.publication(channel).n()).isEqualTo(n);
                slowest = Math.max(slowest, System.nanoTime() - start);
            }
            assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(2));
            await().atMost(Duration.ofSeconds(20)).until(() -> active() == 2);
            for (StreamClient one : stalled) {
                one.ignorePings(); // the session has ended
                one.resume();
                assertThat(one.awaitClose().code()).isIn(3008, 3012, 1006);
            }
            assertThat(gateway.log()).doesNotContain("A blocking write hung");
        } finally {
            stalled.forEach(StreamClient::close);
        }
    }

    @Test
    void pages_of_allowed_origins_may_read_the_answers_and_no_others() {
        for (String path : List.of("/connection/http_stream", "/connection/sse", "/emulation")) {
            HttpResponse<String> allowed = preflight(path, "https://shop.example");
            assertThat(allowed.statusCode()).isEqualTo(204);
            assertThat(allowed.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains("https://shop.example");
            assertThat(allowed.headers().firstValue("Access-Control-Allow-Headers"))
                    .contains("Content-Type");
            assertThat(allowed.headers().firstValue("Vary")).contains("Origin");
            HttpResponse<String> foreign = preflight(path, "https://evil.example");
            assertThat(foreign.statusCode()).isEqualTo(403);
            assertThat(foreign.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
        HttpRequest.Builder post = HttpRequest.newBuilder(uri("/emulation"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"));
        assertThat(StreamClient.exchange(post.copy().header("Origin", "https://evil.example"))
                        .statusCode())
                .isEqualTo(403);
        HttpResponse<String> readable = StreamClient.exchange(post.copy().header("Origin", "https://shop.example"));
        assertThat(readable.statusCode()).isEqualTo(400);
        assertThat(readable.headers().firstValue("Access-Control-Allow-Origin")).contains("https://shop.example");
    }

    private static HttpResponse<String> preflight(String path, String origin) {
        return StreamClient.exchange(HttpRequest.newBuilder(uri(path))
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
    }

    @Test
    void other_methods_open_nothing() {
        none_active();
        String query =
                "/connection/sse?cf_connect=%7B%22id%22:1,%22connect%22:%7B%22data%22:%7B%22client%22:%22x%22%7D%7D%7D";
        assertThat(status("HEAD", query)).isEqualTo(405);
        assertThat(status("POST", query)).isEqualTo(405);
        assertThat(status("GET", "/connection/http_stream")).isEqualTo(405);
        assertThat(status("GET", "/emulation")).isEqualTo(405);
        assertThat(status("GET", "/connection/sse")).isEqualTo(400);
        assertThat(active()).isZero();
    }

    private static int status(String method, String path) {
        return StreamClient.exchange(
                        HttpRequest.newBuilder(uri(path)).method(method, HttpRequest.BodyPublishers.noBody()))
                .statusCode();
    }

    private static URI uri(String path) {
        return gateway.http().resolve(path);
    }
}
