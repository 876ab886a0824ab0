package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.client.Frames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks on a gateway as it is deployed: they end as they must, and a bystander does not notice. */
@Tag("slow")
class AttackIT {
    private static final String SECRET = "a-secret-of-the-tests-with-32-bytes-and-more";
    private static final Tokens TOKENS = new Tokens(SECRET);
    private static final int SILENT = 1_000;
    private static final int SLOW = 300;
    private static final int SAMPLES = 300;
    private static final long FLOOR_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long MEGABYTE = 1024;

    private static LibertyServer gateway;

    private final List<SocketClient> opened = new ArrayList<>();
    private RawClient bystander;

    @BeforeAll
    static void start() {
        gateway = LibertyServer.prepare(
                        "attack",
                        Map.of(
                                "holdfast.token.hmac-secret", SECRET,
                                "holdfast.api.keys", Tokens.hashed("admin", "key"),
                                "holdfast.origins", "https://shop.example",
                                "holdfast.channels.publish", "clients",
                                "holdfast.channels.subscribe", "clients"))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void a_bystander_is_connected() {
        bystander = gateway.client();
        bystander.connect("{'token': '%s'}", token());
    }

    @AfterEach
    void it_is_so_still() {
        assertThat(bystander.ask("ping", "{}").has("error")).isFalse();
        bystander.close();
        opened.stream().filter(SocketClient::isOpen).forEach(SocketClient::drop);
    }

    private static String token() {
        return TOKENS.of(Names.fresh("u"), Instant.now().plusSeconds(600));
    }

    private static int active() {
        return new Api(gateway.http(), "key")
                .get("/api/metrics")
                .json()
                .at("/connections/active")
                .asInt(-1);
    }

    private static void awaitActive(int count) {
        await().atMost(Duration.ofSeconds(20)).until(() -> active() == count);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "https://evil.example",
                "https://shop.example.evil.example",
                "http://shop.example",
                "https://shop.example:8443",
                "https://shop.example@evil.example",
                "https://evil.example/https://shop.example",
                "https://shop.example https://evil.example",
                "file://",
                "shop.example",
                "*",
                "",
            })
    void a_page_from_elsewhere_gets_403_wherever_it_knocks(String origin) {
        try (Handshake handshake = Handshake.open(gateway.websocket(), "Origin: " + origin + "\r\n")) {
            assertThat(handshake.status()).isEqualTo(403);
        }
        for (String path : List.of("connection/http_stream", "emulation", "api/send", "api/publish")) {
            assertThat(status(path, origin, "POST")).as(path).isEqualTo(403);
        }
        for (String path : List.of("connection/sse?cf_connect=%7B%7D", "api/metrics")) {
            assertThat(status(path, origin, "GET")).as(path).isEqualTo(403);
        }
        assertThat(status("connection/http_stream", origin, "OPTIONS")).isEqualTo(403);
        assertThat(ask("api/send", origin, "POST").body()).contains("\"code\":\"forbidden\"");
    }

    private static int status(String path, String origin, String method) {
        return ask(path, origin, method).statusCode();
    }

    private static HttpResponse<String> ask(String path, String origin, String method) {
        return StreamClient.exchange(HttpRequest.newBuilder(gateway.http().resolve(path))
                .header("Origin", origin)
                .header("X-API-Key", "key")
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(method.equals("POST") ? "{}" : "")));
    }

    @ParameterizedTest
    @EnumSource
    void a_message_without_end_is_cut_in_one_frame_and_in_many(Wire wire) {
        int opcode = wire == Wire.JSON ? Frames.TEXT : Frames.BINARY;
        try (SocketClient one = gateway.socket(wire)) {
            floods(() -> one.frame(Frames.FIN | opcode, new byte[1 << 20]));
            assertThat(one.awaitClose().code()).isIn(1009, 1006);
        }
        try (SocketClient many = gateway.socket(wire)) {
            many.frame(opcode, new byte[32 << 10]);
            floods(() -> {
                for (int i = 0; i < 64; i++) {
                    many.frame(Frames.CONTINUATION, new byte[32 << 10]);
                }
            });
            assertThat(many.awaitClose().code()).isIn(1009, 1006);
        }
    }

    /** The container waits for what was announced; the gateway ends that with the time for the connect command. */
    @Test
    void a_frame_that_announces_a_gigabyte_does_not_outlive_the_connect_timeout() {
        try (SocketClient one = gateway.socket()) {
            one.raw(new byte[] {(byte) 0x81, (byte) 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4});
            assertThat(one.awaitClose(Duration.ofSeconds(20)).code()).isIn(3502, 1006);
        }
    }

    @Test
    void fragments_of_any_size_make_the_same_message() {
        byte[] connect = Json.object("{'id': 1, 'connect': {'token': '%s'}}", token())
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        String channel = Names.fresh("€");
        try (SocketClient slow = gateway.socket()) {
            for (int i = 0; i < connect.length; i++) {
                fragment(slow, i == 0, i == connect.length - 1, new byte[] {connect[i]});
            }
            slow.await("connected", reply -> reply.path("id").asInt() == 1 && reply.has("connect"));
            fragment(slow, true, false, "{\"id\":2,\"subscribe\":{\"channel\":\"".getBytes(StandardCharsets.UTF_8));
            fragment(slow, false, false, new byte[0]);
            fragment(slow, false, false, channel.getBytes(StandardCharsets.UTF_8));
            fragment(slow, false, true, "\"}}".getBytes(StandardCharsets.UTF_8));
            slow.await("subscribed", reply -> reply.path("id").asInt() == 2 && reply.has("subscribe"));
            new Api(gateway.http(), "key").post("/api/publish", "{'channel': '%s', 'data': {'n': 1}}", channel);
            assertThat(slow.publication(channel).n()).isEqualTo(1);
        }
    }

    /** A weakness that docs/security.md tells: should the container learn it, that sentence can go. */
    @Test
    void a_fragment_that_ends_within_a_character_is_closed_with_1007() {
        try (SocketClient split = gateway.socket()) {
            byte[] euro = "\"€\"".getBytes(StandardCharsets.UTF_8);
            fragment(split, true, false, Arrays.copyOf(euro, 2));
            floods(() -> fragment(split, false, true, Arrays.copyOfRange(euro, 2, euro.length)));
            assertThat(split.awaitClose().code()).isEqualTo(1007);
        }
    }

    private static void fragment(SocketClient client, boolean first, boolean last, byte[] part) {
        client.frame((last ? Frames.FIN : 0) | (first ? Frames.TEXT : Frames.CONTINUATION), part);
    }

    /** The server may cut the line while the attacker still writes. */
    private static void floods(Runnable attack) {
        try {
            attack.run();
        } catch (UncheckedIOException cut) {
            assertThat(cut).hasCauseInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest(name = "of {0} bytes each")
    @ValueSource(ints = {0, 1})
    void a_flood_of_tiny_fragments_takes_no_memory_and_ends(int bytes) {
        ByteArrayOutputStream thousand = new ByteArrayOutputStream();
        for (int i = 0; i < 1_000; i++) {
            thousand.writeBytes(new byte[] {0, (byte) (0x80 | bytes), 0, 0, 0, 0});
            thousand.writeBytes("x".repeat(bytes).getBytes(StandardCharsets.US_ASCII));
        }
        Footprint before = Footprint.of(gateway);
        List<SocketClient> attackers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            SocketClient attacker = gateway.socket();
            attackers.add(attacker);
            attacker.frame(Frames.TEXT, new byte[] {'x'});
            floods(() -> {
                for (int round = 0; round < 100; round++) {
                    attacker.raw(thousand.toByteArray());
                }
            });
        }
        opened.addAll(attackers);
        // what the container has read and not handed on goes within moments
        Footprint during = await().atMost(Duration.ofSeconds(5))
                .until(() -> Footprint.of(gateway), now -> now.heapKilobytes() < before.heapKilobytes() + 8 * MEGABYTE);
        System.out.printf("fragments of %d bytes: %s, then %s%n", bytes, before, during);
        assertThat(during.threads()).isLessThan(before.threads() + 40);
        for (SocketClient attacker : attackers) {
            assertThat(attacker.awaitClose().code()).isIn(3502, 1002, 1007, 1009, 1006);
            attacker.close();
        }
        awaitActive(1);
    }

    @Test
    void slow_handshakes_hold_no_thread_and_silent_peers_are_disconnected() throws Exception {
        byte[] request = Handshake.request(gateway.websocket(), "").getBytes(StandardCharsets.ISO_8859_1);
        Footprint before = Footprint.of(gateway);
        List<Socket> sockets = new ArrayList<>();
        try (StreamClient idle = StreamClient.of(gateway, StreamClient.Kind.SSE)) {
            idle.connect("{'token': '%s'}", token());
            for (int i = 0; i < SLOW; i++) {
                Socket socket = new Socket();
                socket.setTcpNoDelay(true);
                socket.connect(
                        new InetSocketAddress(
                                gateway.http().getHost(), gateway.http().getPort()),
                        5_000);
                socket.getOutputStream().write(request, 0, 1 + i % (request.length - 2));
                sockets.add(socket);
            }
            Footprint during = Footprint.of(gateway);
            System.out.printf("slow handshakes: %s, then %s%n", before, during);
            assertThat(during.threads()).isLessThan(before.threads() + 40);
            assertThat(during.heapKilobytes()).isLessThan(before.heapKilobytes() + 32 * MEGABYTE);
            Socket trickling = sockets.get(0);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(13);
            int sent = 1;
            while (System.nanoTime() < end) {
                try {
                    trickling.getOutputStream().write(request, sent++, 1);
                } catch (IOException e) {
                    break; // not so with Liberty 26.0.0.5, whose limit is for each read: docs/security.md tells
                }
                TimeUnit.MILLISECONDS.sleep(500);
            }
            int open = 0;
            for (Socket socket : sockets.subList(1, SLOW)) {
                open += isOpen(socket) ? 1 : 0;
            }
            assertThat(open).as("of those that fell silent").isZero();
            assertThat(idle.isOpen()).as("a stream that is only idle").isTrue();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static boolean isOpen(Socket socket) throws IOException {
        socket.setSoTimeout(20);
        try {
            while (socket.getInputStream().read() >= 0) {} // the answer that says it was too slow
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void a_thousand_that_never_connect_are_closed_and_a_bystander_does_not_notice() {
        String channel = Names.fresh("probe");
        bystander.command("subscribe", "{'channel': '%s'}", channel);
        for (int i = 0; i < 200; i++) { // the executor's threads are there, the code is warm
            Handshake.open(gateway.websocket(), "").close();
        }
        p99Nanos(channel);
        awaitActive(1);
        long quiet = p99Nanos(channel);
        Footprint before = Footprint.of(gateway);

        List<Handshake> silent = new ArrayList<>();
        CompletableFuture<Void> attack = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < SILENT; i++) {
                silent.add(Handshake.open(gateway.websocket(), ""));
            }
        });
        long rush = p99Nanos(channel);
        attack.join();
        long attacked = Math.min(rush, p99Nanos(channel)); // who else uses this machine is not the server's matter
        Footprint during = Footprint.of(gateway);
        int open = active();
        System.out.printf(
                "silent connections: %d open; p99 %d µs, then %d µs; %s, then %s%n",
                open, quiet / 1_000, attacked / 1_000, before, during);
        assertThat(silent).allMatch(handshake -> handshake.status() == 101);
        for (Handshake handshake : silent) {
            assertThat(handshake.awaitClose(Duration.ofSeconds(15))).isEqualTo(3502);
            handshake.close();
        }
        assertThat(open).isGreaterThan(SILENT / 2);
        assertThat(attacked).isLessThan(Math.max(3 * quiet, FLOOR_NANOS));
        assertThat(during.threads()).isLessThan(before.threads() + 40);
        assertThat(during.heapKilobytes()).isLessThan(before.heapKilobytes() + 48 * MEGABYTE);
        awaitActive(1);
        Footprint after = Footprint.of(gateway);
        System.out.println("afterwards " + after);
        assertThat(after.heapKilobytes()).isLessThan(before.heapKilobytes() + 16 * MEGABYTE);
    }

    /** From the publish command to the publication. */
    private long p99Nanos(String channel) {
        long[] nanos = new long[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            long start = System.nanoTime();
            bystander.send(
                    Json.object("{'id': %d, 'publish': {'channel': '%s', 'data': {'n': %d}}}", 10_000 + i, channel, i)
                            .toString());
            assertThat(bystander.publication(channel).n()).isEqualTo(i);
            nanos[i] = System.nanoTime() - start;
            int id = 10_000 + i;
            bystander.await("the reply", reply -> reply.path("id").asInt() == id);
        }
        Arrays.sort(nanos);
        return nanos[SAMPLES * 99 / 100 - 1];
    }

    @Test
    void floods_of_broken_frames_and_bad_tokens_end_and_leave_nothing_in_the_log() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String mark = "mark" + Long.toString(random.nextLong() >>> 1, 36);
        for (int i = 0; i < 200; i++) {
            try (SocketClient attacker = gateway.socket()) {
                byte[] noise = new byte[1 + random.nextInt(200)];
                random.nextBytes(noise);
                floods(() -> {
                    switch (random.nextInt(4)) {
                        case 0 -> attacker.raw(noise);
                        case 1 -> attacker.frame(Frames.FIN | Frames.TEXT, noise);
                        case 2 -> attacker.sendText("{\"id\":1,\"connect\":{\"data\":\"" + mark + "\"}} " + mark);
                        default -> attacker.sendText("[".repeat(20_000) + mark);
                    }
                    attacker.halfClose();
                });
                // 3506: bytes that happen to be a whole binary frame
                assertThat(attacker.awaitClose().code())
                        .as("seed " + seed)
                        .isIn(3501, 3506, 1002, 1003, 1006, 1007, 1011);
            }
        }
        Tokens forger = new Tokens("another-secret-with-32-bytes-or-even-more");
        for (int i = 0; i < 200; i++) {
            String bad = switch (i % 4) {
                case 0 -> mark + "." + mark + "." + mark;
                case 1 -> forger.of(mark, Instant.now().plusSeconds(600));
                case 2 -> token() + mark;
                default -> mark.repeat(700);
            };
            try (RawClient attacker = gateway.client()) {
                attacker.send(Json.object("{'id': 1, 'connect': {'token': '%s'}}", bad)
                        .toString());
                assertThat(attacker.awaitClose().code()).as("seed " + seed).isEqualTo(3500);
            }
        }
        awaitActive(1);
        assertThat(gateway.log()).doesNotContain(mark).doesNotContain(SECRET).doesNotContain("eyJ");
    }
}
