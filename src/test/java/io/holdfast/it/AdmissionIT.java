package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.holdfast.client.Close;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A gateway with small limits: who is one too many, what it is told, what is counted, and that all is free again afterwards. */
@Tag("slow")
class AdmissionIT {
    private static final int NODE = 40;
    private static final int ADDRESS = 5;
    private static final int CLIENT = 3;
    private static final int FRAME_COMMANDS = 30;
    private static final int COMMANDS_PER_SECOND = 20;
    private static final int CHANNELS = 4;
    private static final int NEW_CHANNELS = 3;

    private static final List<String> ADDRESSES = IntStream.rangeClosed(2, 1 + NODE / ADDRESS)
            .mapToObj(n -> "127.0.0." + n)
            .toList();

    private static LibertyServer gateway;

    private final List<AutoCloseable> opened = Collections.synchronizedList(new ArrayList<>());

    @BeforeAll
    static void start() {
        gateway = LibertyServer.prepare(
                        "admission",
                        limits(Map.of(
                                "connections", NODE,
                                "connections-per-address", ADDRESS,
                                "connections-per-client", CLIENT,
                                "connects-per-second", 0,
                                "commands-per-frame", FRAME_COMMANDS,
                                "commands-per-second", COMMANDS_PER_SECOND)))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Map<String, String> limits(Map<String, Integer> limits) {
        Map<String, String> variables = new LinkedHashMap<>(Map.of(
                "holdfast.insecure", "true",
                "holdfast.connection.max-channels", String.valueOf(CHANNELS),
                "holdfast.channels.new-per-hour", String.valueOf(NEW_CHANNELS),
                "holdfast.ping.interval", "1",
                "holdfast.pong.timeout", "1"));
        limits.forEach((name, most) -> variables.put("holdfast.limits." + name, String.valueOf(most)));
        return variables;
    }

    @BeforeEach
    void nobody_is_there() {
        awaitActive(0);
    }

    @AfterEach
    void leave() throws Exception {
        for (AutoCloseable connection : opened) {
            connection.close();
        }
        opened.clear();
    }

    private SocketClient open(String address) {
        SocketClient connection = SocketClient.from(address, gateway.websocket());
        opened.add(connection);
        return connection;
    }

    private SocketClient connected(String address, String client) {
        SocketClient connection = open(address);
        connection.connectAs(client);
        return connection;
    }

    private static int active() {
        return gateway.api()
                .get("/api/metrics")
                .json()
                .at("/connections/active")
                .asInt(-1);
    }

    private static void awaitActive(int count) {
        await().atMost(Duration.ofSeconds(15)).until(() -> active() == count);
    }

    private static long hits(String limit) {
        return hits(gateway, limit);
    }

    private static long hits(LibertyServer server, String limit) {
        return server.api()
                .get("/api/metrics")
                .json()
                .path("limits")
                .path(limit)
                .asLong(-1);
    }

    /** In the API and, when its numbers are taken again, in MicroProfile Metrics. */
    private static void counted(LibertyServer server, String limit, long hits) {
        assertThat(hits(server, limit)).isEqualTo(hits);
        Api metrics = new Api(server.health(), null);
        Pattern sample = Pattern.compile("holdfast_limit_hits\\w*\\{[^}]*limit=\"" + limit + "\"[^}]*} ([0-9.E]+)");
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            Matcher found = sample.matcher(metrics.get("/metrics").body());
            assertThat(found.find()).as(limit).isTrue();
            assertThat((long) Double.parseDouble(found.group(1))).isEqualTo(hits);
        });
    }

    private static void counted(String limit, long hits) {
        counted(gateway, limit, hits);
    }

    private static void refused(String address, int status) {
        try (Handshake handshake = Handshake.from(address, gateway.websocket())) {
            assertThat(handshake.status()).isEqualTo(status);
            assertThat(handshake.header("Retry-After")).isEqualTo("1");
        }
    }

    /** Calls for all at the same moment and returns what came out. */
    private static <T, R> List<R> together(List<T> inputs, Function<T, R> call) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(inputs.size());
        try {
            CountDownLatch gate = new CountDownLatch(1);
            List<Future<R>> results = new ArrayList<>();
            for (T input : inputs) {
                results.add(threads.submit(() -> {
                    gate.await();
                    return call.apply(input);
                }));
            }
            gate.countDown();
            threads.shutdown();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            List<R> all = new ArrayList<>();
            for (Future<R> result : results) {
                all.add(result.get());
            }
            return all;
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void each_of_many_at_the_same_time_counts_for_its_own_address() throws Exception {
        List<String> all = IntStream.range(0, NODE)
                .mapToObj(n -> ADDRESSES.get(n % ADDRESSES.size()))
                .toList();
        for (int round = 0; round < 5; round++) {
            // If one counted for another's address, that address would have too many and this one room for one more.
            List<SocketClient> connections = together(all, address -> connected(address, Names.fresh("own")));
            assertThat(connections).allMatch(SocketClient::isOpen);
            connections.get(0).close();
            awaitActive(NODE - 1);
            for (String address : ADDRESSES.subList(1, ADDRESSES.size())) {
                refused(address, 429);
            }
            connected(ADDRESSES.get(0), Names.fresh("own"));
            leave();
            awaitActive(0);
        }
    }

    @Test
    void an_address_that_has_enough_gets_429_and_another_comes_in() {
        long before = hits("address");
        for (int i = 0; i < ADDRESS; i++) {
            open("127.0.0.2");
        }
        awaitActive(ADDRESS);
        refused("127.0.0.2", 429);
        connected("127.0.0.3", Names.fresh("other"));
        counted("address", before + 1);
    }

    @Test
    void a_full_node_answers_503_to_everybody() {
        long before = hits("node");
        for (String address : ADDRESSES) {
            for (int i = 0; i < ADDRESS; i++) {
                open(address);
            }
        }
        awaitActive(NODE);
        refused("127.0.0.200", 503);
        refused("127.0.0.2", 503);
        counted("node", before + 2);
        ((SocketClient) opened.get(0)).close();
        awaitActive(NODE - 1);
        open("127.0.0.200");
    }

    @Test
    void a_rush_from_one_address_leaves_no_more_than_its_number() throws Exception {
        List<Boolean> came = together(Collections.nCopies(30, "127.0.0.2"), this::comesAndStays);
        assertThat(came.stream().filter(stays -> stays).count()).isBetween(1L, (long) ADDRESS);
        awaitActive((int) came.stream().filter(stays -> stays).count());
    }

    @Test
    void a_rush_on_the_node_leaves_no_more_than_its_number() throws Exception {
        List<String> addresses =
                IntStream.rangeClosed(1, 120).mapToObj(n -> "127.0.1." + n).toList();
        List<Boolean> came = together(addresses, this::comesAndStays);
        assertThat(came.stream().filter(stays -> stays).count()).isBetween(1L, (long) NODE);
    }

    /** Whether the handshake succeeds, and connect too. */
    private boolean comesAndStays(String address) {
        SocketClient connection;
        try {
            connection = open(address);
        } catch (UncheckedIOException refused) {
            assertThat(refused.getMessage()).containsPattern("handshake refused: (429|503)");
            return false;
        }
        try {
            connection.connectAs(Names.fresh("rush"));
            return true;
        } catch (AssertionError | UncheckedIOException closed) {
            assertThat(connection.awaitClose().code()).isEqualTo(3013);
            return false;
        }
    }

    @Test
    void a_client_that_has_enough_is_closed_with_3504_and_others_are_not() {
        long before = hits("client");
        String client = Names.fresh("many");
        List<SocketClient> connections = ADDRESSES.stream()
                .limit(CLIENT)
                .map(address -> connected(address, client))
                .toList();
        SocketClient tooMany = open("127.0.0.9");
        tooMany.send(Json.object("{'id': 1, 'connect': {'data': {'client': '%s'}}}", client)
                .toString());
        assertThat(tooMany.awaitClose()).isEqualTo(new Close(3504, "connection limit"));
        counted("client", before + 1);
        connected("127.0.0.9", Names.fresh("another"));
        assertThat(connections).allMatch(SocketClient::isOpen);

        connections.get(0).drop();
        awaitActive(CLIENT);
        connected("127.0.0.9", client);
    }

    @Test
    void a_frame_with_too_many_commands_is_refused() {
        long before = hits("frame_commands");
        SocketClient connection = connected("127.0.0.2", Names.fresh("frame"));
        connection.send(pings(1, FRAME_COMMANDS));
        connection.await("the last reply", reply -> reply.path("id").asInt() == 1000 + FRAME_COMMANDS);
        SocketClient tooMany = connected("127.0.0.2", Names.fresh("frame"));
        tooMany.send(pings(1, FRAME_COMMANDS + 1));
        assertThat(tooMany.awaitClose()).isEqualTo(new Close(3501, "bad request"));
        counted("frame_commands", before + 1);
        assertThat(connection.isOpen()).isTrue();
    }

    private static String pings(int from, int to) {
        StringBuilder frame = new StringBuilder();
        for (int n = from; n <= to; n++) {
            frame.append("{\"id\":").append(1000 + n).append(",\"ping\":{}}\n");
        }
        return frame.toString();
    }

    @Test
    void a_client_that_sends_too_fast_is_closed_with_3013_and_may_reconnect() {
        long before = hits("command_rate");
        SocketClient connection = connected("127.0.0.2", Names.fresh("fast"));
        for (int frame = 0; frame < 6 && connection.isOpen(); frame++) {
            try {
                connection.send(pings(1, COMMANDS_PER_SECOND));
            } catch (UncheckedIOException closed) {
                break;
            }
        }
        assertThat(connection.awaitClose().code()).isEqualTo(3013);
        counted("command_rate", before + 1);
        connected("127.0.0.2", Names.fresh("fast"));
    }

    @Test
    void a_channel_too_many_and_a_frame_too_long_are_counted() {
        long channels = hits("channels");
        long bytes = hits("frame_bytes");
        SocketClient connection = connected("127.0.0.2", Names.fresh("limits"));
        for (int i = 0; i < CHANNELS; i++) {
            connection.command("subscribe", "{'channel': 'limits-%d'}", i);
        }
        assertThat(connection.refused("subscribe", "{'channel': 'limits-more'}"))
                .isEqualTo(106);
        counted("channels", channels + 1);
        connection.send("x".repeat(64 * 1024 + 1));
        assertThat(connection.awaitClose().code()).isEqualTo(1009);
        counted("frame_bytes", bytes + 1);
    }

    @Test
    void a_client_that_begins_channels_too_fast_gets_106_over_every_transport() {
        String client = Names.fresh("beginner");
        String prefix = Names.fresh("new");
        SocketClient socket = connected(ADDRESSES.get(0), client);
        StreamClient stream = StreamClient.of(gateway, StreamClient.Kind.HTTP_STREAM);
        opened.add(stream);
        stream.connectAs(client);
        StreamClient sse = StreamClient.of(gateway, StreamClient.Kind.SSE);
        opened.add(sse);
        sse.connectAs(client);
        List<WireClient> all = List.of(socket, stream, sse);
        for (WireClient each : all) {
            each.command("publish", "{'channel': '%s-%d', 'data': 1}", prefix, all.indexOf(each));
        }
        for (WireClient each : all) {
            assertThat(each.refused("publish", "{'channel': '%s-more', 'data': 1}", prefix))
                    .isEqualTo(106);
            each.command("publish", "{'channel': '%s-0', 'data': 1}", prefix);
        }
        assertThat(socket.refused(
                        "rpc", "{'method': 'publish', 'data': {'channel': '%s-more', 'data': 1, 'id': 'x'}}", prefix))
                .isEqualTo(106);
        counted("new_channels", 4);
        assertThat(gateway.api()
                        .post("/api/publish", "{'channel': '%s-more', 'data': 1}", prefix)
                        .status())
                .isEqualTo(200);
        socket.command("publish", "{'channel': '%s-more', 'data': 1}", prefix);
    }

    @Test
    void nothing_is_left_of_those_that_were_cut_closed_and_half_closed() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < ADDRESS; i++) {
                SocketClient connection = round == 1 ? open("127.0.0.2") : connected("127.0.0.2", "left-" + i);
                switch (i % 3) {
                    case 0 -> connection.drop();
                    case 1 -> connection.halfClose();
                    default -> connection.close();
                }
            }
            awaitActive(0);
        }
    }

    @ParameterizedTest
    @EnumSource(StreamClient.Kind.class)
    void fallback_transports_count_alike_and_are_free_again_when_cut(StreamClient.Kind kind) {
        long before = hits("address");
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < ADDRESS; i++) {
                StreamClient stream = StreamClient.of(gateway, kind);
                opened.add(stream);
                stream.connectAs(Names.fresh("stream"));
            }
            assertThat(active()).isEqualTo(ADDRESS);
            refused("127.0.0.1", 429);
            StreamClient tooMany = StreamClient.of(gateway, kind);
            assertThatThrownBy(() -> tooMany.connectAs("more"))
                    .rootCause()
                    .hasMessageStartingWith("no stream: HTTP/1.1 429");
            counted("address", before + 2 * (round + 1));
            for (AutoCloseable stream : opened) {
                ((StreamClient) stream).drop();
            }
            opened.clear();
            awaitActive(0);
        }
    }

    @Test
    void connects_above_the_limit_per_second_get_503_and_are_accepted_a_moment_later() {
        try (LibertyServer slow = LibertyServer.prepare("accept-rate", limits(Map.of("connects-per-second", 5)))
                .start()) {
            int came = 0;
            int refused = 0;
            for (int i = 0; i < 30; i++) {
                try (Handshake handshake = Handshake.open(slow.websocket(), "")) {
                    if (handshake.status() == 101) {
                        came++;
                    } else {
                        assertThat(handshake.status()).isEqualTo(503);
                        assertThat(handshake.header("Retry-After")).isEqualTo("1");
                        refused++;
                    }
                }
            }
            assertThat(came).as("let in at once").isBetween(5, 15);
            counted(slow, "accept_rate", refused);
            await().atMost(Duration.ofSeconds(2)).until(() -> {
                try (Handshake handshake = Handshake.open(slow.websocket(), "")) {
                    return handshake.status() == 101;
                }
            });
        }
    }
}
