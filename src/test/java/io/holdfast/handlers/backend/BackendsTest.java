package io.holdfast.handlers.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.handlers.Caller;
import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.ConnectDecision;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.HandlerException;
import io.holdfast.handlers.Link;
import io.holdfast.handlers.PublishDecision;
import io.holdfast.handlers.RefreshDecision;
import io.holdfast.handlers.SubscribeDecision;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Back ends over a real server for HTTP, without the guards of the container. */
@Timeout(60)
class BackendsTest {
    private static final String SECRET = "a secret of at least thirty-two bytes";
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Seen(String path, Headers headers, byte[] body) {}

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
    private volatile int status = 200;
    private volatile String reply = "{\"result\":{}}";
    private HttpServer server;
    private Backends backends;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            seen.add(new Seen(
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestHeaders(),
                    exchange.getRequestBody().readAllBytes()));
            byte[] body = reply.getBytes(UTF_8);
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/hangs", exchange -> {
            seen.add(new Seen("/hangs", exchange.getRequestHeaders(), new byte[0]));
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        server.start();
        backends = at(url(""), Duration.ofSeconds(20));
    }

    @AfterEach
    void stop() {
        gate.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private URI url(String path) {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/" + path);
    }

    private Backends at(URI url, Duration timeout) {
        BackendRoutes all =
                new BackendRoutes(url, Map.of("orders", url.resolve("/orders"), "price", url.resolve("/price")));
        Map<BackendEvent, BackendRoutes> routes = new EnumMap<>(BackendEvent.class);
        for (BackendEvent event : BackendEvent.values()) {
            routes.put(event, all);
        }
        BackendSettings settings = new BackendSettings(routes, SECRET, timeout, 2_000, true);
        return new Backends(settings, new GuardedBackends(client(settings)), nanos::get);
    }

    private BackendClient client(BackendSettings settings) {
        return new BackendClient(
                HttpClient.newBuilder()
                        .executor(threads)
                        .version(HttpClient.Version.HTTP_1_1)
                        .build(),
                settings,
                () -> NOW);
    }

    private static ClientCall call(String target) {
        Caller caller = new Caller(
                "u1",
                false,
                "till",
                "c1",
                Map.of(),
                Set.of(),
                "",
                Map.of("x-shop", "7", "x-holdfast-signature", "v1=forged"));
        return new ClientCall(
                caller,
                new Link("websocket", "protobuf"),
                target,
                "{\"n\":1}".getBytes(UTF_8),
                "{\"plan\":\"gold\"}".getBytes(UTF_8));
    }

    @Test
    void a_request_has_the_meta_of_the_token_where_the_back_end_has_said_nothing() throws Exception {
        Map<String, Object> claims = new HashMap<>();
        claims.put("tenant", 7L);
        claims.put("none", null);
        claims.put("tags", List.of("a", Map.of("deep", true)));
        for (Object meta : List.of(claims, "text")) {
            ClientCall call = call("x");
            Caller caller = new Caller("u1", false, null, "c1", Map.of("meta", meta), Set.of(), "", Map.of());
            backends.rpc("x")
                    .answer(new ClientCall(caller, call.link(), "x", null, null))
                    .toCompletableFuture()
                    .get();
        }

        assertThat(JSON.readTree(seen.get(0).body()).path("meta"))
                .isEqualTo(JSON.readTree("{\"tenant\":7,\"none\":null,\"tags\":[\"a\",{\"deep\":true}]}"));
        assertThat(JSON.readTree(seen.get(1).body()).has("meta")).isFalse();
    }

    private static <A> A ask(Handler<A> handler, String target) throws Exception {
        return handler.answer(call(target)).toCompletableFuture().get();
    }

    private byte[] rpc() throws Exception {
        return ask(backends.rpc("x"), "x");
    }

    private static String text(Object json) {
        return new String((byte[]) json, UTF_8);
    }

    @Test
    void a_request_has_the_shape_of_the_proxies_of_centrifugo() throws Exception {
        reply = "{\"result\":{\"data\":{\"cents\":[150, 2]}}}";
        assertThat(text(ask(backends.rpc("price"), "price"))).isEqualTo("{\"cents\":[150, 2]}");
        Seen request = seen.get(0);
        assertThat(request.path()).isEqualTo("/price");
        JsonNode body = JSON.readTree(request.body());
        assertThat(body)
                .isEqualTo(JSON.readTree("{\"client\":\"c1\",\"transport\":\"websocket\",\"protocol\":\"protobuf\","
                        + "\"encoding\":\"json\",\"user\":\"u1\",\"device\":\"till\",\"method\":\"price\","
                        + "\"data\":{\"n\":1},\"meta\":{\"plan\":\"gold\"}}"));
        assertThat(request.headers().getFirst("Content-Type")).isEqualTo("application/json");
        assertThat(request.headers().getFirst("X-Shop")).isEqualTo("7");
        rpc();
        assertThat(seen.get(1).path()).isEqualTo("/");
        ask(backends.subscribe("orders"), "orders:7");
        assertThat(seen.get(2).path()).isEqualTo("/orders");
        assertThat(JSON.readTree(seen.get(2).body()).path("channel").asText()).isEqualTo("orders:7");
        assertThat(seen.get(2).headers().getFirst("X-Holdfast-Request-Id"))
                .isNotEqualTo(request.headers().getFirst("X-Holdfast-Request-Id"));
    }

    @Test
    void a_back_end_can_check_the_signature_and_a_client_cannot_replace_it() throws Exception {
        rpc();
        Headers headers = seen.get(0).headers();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
        mac.update("1700000000.".getBytes(UTF_8));
        assertThat(headers.getFirst("X-Holdfast-Timestamp")).isEqualTo("1700000000");
        assertThat(headers.get("X-Holdfast-Signature"))
                .containsExactly(
                        "v1=" + HexFormat.of().formatHex(mac.doFinal(seen.get(0).body())));
    }

    @Test
    void every_decision_is_read() throws Exception {
        reply =
                "{\"error\":null,\"result\":{\"user\":\"u7\",\"device\":\"d\",\"expire_at\":1700000060,\"info\":{\"a\":1},"
                        + "\"b64data\":\"eyJiIjoyfQ==\",\"channels\":[\"news\"],\"subs\":{\"chat\":{}},\"meta\":3}}";
        ConnectDecision connect = ask(backends.connect(), "");
        assertThat(connect.client()).isEqualTo("u7");
        assertThat(connect.device()).isEqualTo("d");
        assertThat(connect.expiresAt()).isEqualTo(NOW.plusSeconds(60));
        assertThat(text(connect.info())).isEqualTo("{\"a\":1}");
        assertThat(text(connect.data())).isEqualTo("{\"b\":2}");
        assertThat(text(connect.meta())).isEqualTo("3");
        assertThat(connect.channels()).containsExactly("news", "chat");
        reply = "{\"result\":{\"expired\":true}}";
        assertThat(ask(backends.refresh(), "")).isEqualTo(RefreshDecision.end());
        reply = "{\"result\":{\"expire_at\":1700000060}}";
        assertThat(ask(backends.subRefresh("news"), "news:1"))
                .isEqualTo(RefreshDecision.accept().until(NOW.plusSeconds(60)));
        reply = "{\"result\":{\"override\":{\"join_leave\":{\"value\":true},\"force_recovery\":{\"value\":false}}}}";
        assertThat(ask(backends.subscribe("news"), "news:1"))
                .isEqualTo(SubscribeDecision.accept().withJoinLeave(true).withRecovery(false));
        reply = "{\"result\":{\"done\":true}}";
        assertThat(ask(backends.publish("news"), "news:1")).isEqualTo(PublishDecision.handled());
        reply = "{\"result\":{\"data\":5,\"tags\":{\"by\":\"shop\"}}}";
        PublishDecision publish = ask(backends.publish("news"), "news:1");
        assertThat(text(publish.data())).isEqualTo("5");
        assertThat(publish.tags()).containsEntry("by", "shop");
        reply = "{\"result\":{}}";
        assertThat(text(rpc())).isEqualTo("null");
    }

    @Test
    void a_back_end_refuses_with_an_error_or_a_close() {
        reply = "{\"error\":{\"code\":450,\"message\":\"sold out\",\"temporary\":true},\"result\":{}}";
        assertThatThrownBy(this::rpc).isInstanceOfSatisfying(HandlerException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(450);
            assertThat(refusal.text()).isEqualTo("sold out");
            assertThat(refusal.temporary()).isTrue();
            assertThat(refusal.closes()).isFalse();
        });
        reply = "{\"disconnect\":{\"code\":4501,\"reason\":\"banned\"}}";
        assertThatThrownBy(this::rpc).isInstanceOfSatisfying(HandlerException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(4501);
            assertThat(refusal.closes()).isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "secret text",
                "{}",
                "{\"result\":[]}",
                "{\"result\":5}",
                "{\"result\":{}} {}",
                "{\"result\":{\"data\":1}",
                "{\"result\":{\"data\":1,\"caps\":[]}}",
                "{\"result\":{\"b64data\":\"secret text\"}}",
                "{\"result\":{},\"surprise\":1}",
                "{\"error\":{\"code\":109,\"message\":\"secret text\"}}",
                "{\"error\":{\"message\":\"secret text\"}}",
                "{\"disconnect\":{\"code\":3500,\"reason\":\"secret text\"}}",
                "{\"disconnect\":{\"code\":5000,\"reason\":\"secret text\"}}"
            })
    void what_is_no_reply_is_refused_without_a_word_of_it(String bad) {
        reply = bad;
        assertThatThrownBy(this::rpc)
                .isInstanceOf(BadReplyException.class)
                .hasMessageContaining("http://localhost")
                .hasMessageNotContaining("secret");
        assertThat(seen).hasSize(1);
        BackendStats.Counts counts = backends.stats().events().get(BackendEvent.RPC);
        assertThat(counts.badReplies()).isEqualTo(1);
        assertThat(counts.failuresInRow()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 400, 404, 500})
    void another_status_is_a_bad_reply_and_no_redirect_is_followed(int other) {
        status = other;
        assertThatThrownBy(this::rpc).isInstanceOf(BadReplyException.class).hasMessageContaining("" + other);
        assertThat(seen).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {502, 503, 504})
    void a_server_that_has_no_time_gives_a_temporary_error(int other) throws Exception {
        status = other;
        assertUnavailable(catchThrowable(this::rpc));
        assertThat(backends.stats().events().get(BackendEvent.RPC)).isEqualTo(new BackendStats.Counts(1, 1, 0, 0, 1));
        status = 200;
        rpc();
        assertThat(backends.stats().events().get(BackendEvent.RPC).failuresInRow())
                .isZero();
    }

    private BackendStats.Counts counts(BackendEvent event) {
        return backends.stats().events().get(event);
    }

    @Test
    void a_dead_url_is_tried_every_five_seconds_while_others_are_asked_as_ever() throws Exception {
        status = 503;
        for (int call = 1; call <= 5; call++) {
            assertThat(counts(BackendEvent.RPC).failing()).isFalse();
            assertUnavailable(catchThrowable(this::rpc));
        }
        assertThat(counts(BackendEvent.RPC).failing()).isTrue();
        assertThat(counts(BackendEvent.CONNECT).failing()).isFalse();
        assertUnavailable(catchThrowable(this::rpc));
        assertThat(seen).as("the sixth call was not made").hasSize(5);
        assertThat(counts(BackendEvent.RPC)).isEqualTo(new BackendStats.Counts(6, 5, 1, 0, 5));

        status = 200;
        ask(backends.rpc("price"), "price");
        ask(backends.connect(), "");
        assertThat(seen).hasSize(7);
        assertThat(counts(BackendEvent.RPC).failing()).as("one of two URLs").isTrue();

        status = 503;
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        assertUnavailable(catchThrowable(this::rpc));
        assertUnavailable(catchThrowable(this::rpc));
        assertThat(seen).as("one trial").hasSize(8);

        status = 200;
        nanos.addAndGet(Duration.ofSeconds(5).toNanos() - 1);
        assertUnavailable(catchThrowable(this::rpc));
        nanos.addAndGet(1);
        rpc();
        rpc();
        assertThat(seen).hasSize(10);
        assertThat(counts(BackendEvent.RPC)).isEqualTo(new BackendStats.Counts(12, 6, 3, 0, 0));
    }

    @Test
    void calls_of_one_client_that_get_429_shut_nobody_out() throws Exception {
        status = 429;
        for (int call = 1; call <= Tally.FAILING; call++) {
            assertThatThrownBy(this::rpc).isInstanceOfSatisfying(HandlerException.class, refusal -> {
                assertThat(refusal.code()).isEqualTo(100);
                assertThat(refusal.temporary()).isTrue();
                assertThat(refusal.text()).isEqualTo("the back end gets too many requests");
            });
        }
        assertThat(counts(BackendEvent.RPC)).isEqualTo(new BackendStats.Counts(5, 5, 0, 0, 0));

        status = 200;
        rpc();
        assertThat(seen).as("each was made, once").hasSize(6);
    }

    @Test
    void a_429_ends_a_row_of_calls_without_a_reply() {
        status = 503;
        for (int call = 1; call < Tally.FAILING; call++) {
            assertUnavailable(catchThrowable(this::rpc));
        }
        status = 429;
        assertThatThrownBy(this::rpc).isInstanceOf(HandlerException.class);
        assertThat(counts(BackendEvent.RPC).failuresInRow()).isZero();
    }

    private static void assertUnavailable(Throwable failure) {
        assertThat(failure).isInstanceOfSatisfying(HandlerException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(100);
            assertThat(refusal.temporary()).isTrue();
            assertThat(refusal.text()).isEqualTo("the back end does not answer");
        });
    }

    @Test
    void a_reply_that_is_too_long_is_refused() {
        reply = "{\"result\":{\"data\":\"" + "x".repeat(2_000) + "\"}}";
        assertThatThrownBy(this::rpc).isInstanceOf(BadReplyException.class).hasMessageContaining("2000 bytes");
    }

    @Test
    void a_back_end_that_hangs_is_left_after_the_time_limit() {
        backends = at(url("hangs"), Duration.ofMillis(200));
        assertUnavailable(catchThrowable(this::rpc));
        assertThat(seen).as("never sent twice").hasSize(1);
        assertThatThrownBy(() -> ask(backends.connect(), ""))
                .isInstanceOfSatisfying(HandlerException.class, refusal -> {
                    assertThat(refusal.closes()).isTrue();
                    assertThat(refusal.code()).as("SDKs connect again").isEqualTo(3004);
                });
    }

    /** A server that says something and then closes, or says one byte after the other. */
    private ServerSocket raw(String says, boolean dribbles) throws IOException {
        ServerSocket raw = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        threads.execute(() -> {
            while (!raw.isClosed()) {
                try (Socket socket = raw.accept()) {
                    seen.add(new Seen("raw", new Headers(), new byte[0]));
                    socket.getInputStream().read(new byte[4_096]);
                    OutputStream out = socket.getOutputStream();
                    out.write(says.getBytes(UTF_8));
                    while (dribbles && gate.getCount() > 0) {
                        out.write(' ');
                        out.flush();
                        gate.await(20, TimeUnit.MILLISECONDS);
                    }
                } catch (IOException | InterruptedException e) {
                    // the client has gone, or the test is over
                }
            }
        });
        return raw;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"result\":", "HTTP/1.1 2", "garbage\r\n\r\n"
            })
    void a_back_end_that_breaks_off_gives_a_temporary_error_after_one_request(String says) throws Exception {
        try (ServerSocket raw = raw(says, false)) {
            backends = at(URI.create("http://localhost:" + raw.getLocalPort() + "/"), Duration.ofSeconds(20));
            assertUnavailable(catchThrowable(this::rpc));
            assertThat(seen).as("never sent twice").hasSize(1);
        }
    }

    @Test
    void a_back_end_that_dribbles_is_left_after_the_time_limit() throws Exception {
        try (ServerSocket raw = raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", true)) {
            backends = at(URI.create("http://localhost:" + raw.getLocalPort() + "/"), Duration.ofMillis(300));
            assertUnavailable(catchThrowable(this::rpc));
        }
    }

    @Test
    void nothing_listens() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        backends = at(URI.create("http://localhost:" + port + "/"), Duration.ofSeconds(20));
        assertUnavailable(catchThrowable(this::rpc));
    }

    @Test
    void an_open_breaker_and_a_full_bulkhead_refuse_at_once() {
        BackendSettings settings = new BackendSettings(
                Map.of(BackendEvent.RPC, new BackendRoutes(url(""), Map.of())),
                null,
                Duration.ofSeconds(1),
                2_000,
                false);
        List<RuntimeException> guards =
                List.of(new CircuitBreakerOpenException("internal"), new BulkheadException("internal"));
        for (RuntimeException guard : guards) {
            backends = new Backends(
                    settings,
                    new GuardedBackends(client(settings)) {
                        @Override
                        public byte[] rpc(BackendRequest request) {
                            throw guard;
                        }
                    },
                    nanos::get);
            assertUnavailable(catchThrowable(this::rpc));
            assertThat(backends.stats().events().get(BackendEvent.RPC))
                    .isEqualTo(new BackendStats.Counts(1, 0, 1, 0, 0));
        }
        assertThat(backends.connect()).as("no back end for connect").isNull();
        assertThat(seen).isEmpty();
    }
}
