package io.holdfast.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.centrifugal.centrifuge.RPCResult;
import io.holdfast.it.BackEnd.Reply;
import io.holdfast.stream.postgresql.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What clients call reaches beans and back ends at most once, over lost connections, a node that is killed, fallback transports,
 * and two nodes. Each call has a number of its own.
 */
class CallsOnceIT {
    private static final int ROUNDS = 40;
    private static final String[] NAMES = {"once-one", "once-two"};
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static PostgresServer postgres;
    private static BackEnd backEnd;
    private static Cable cable;
    private static LibertyServer one;
    private static LibertyServer two;
    private static int last;

    private final Random random = new Random(seed());
    private final Set<Integer> answered = new HashSet<>();

    private static long seed() {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("CallsOnceIT: -Dholdfast.seed=" + seed);
        return seed;
    }

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start(Map.of());
        backEnd = new BackEnd();
        backEnd.answer("/rpc", asked -> Reply.result("{'data': " + asked.json().path("data") + "}"));
        backEnd.hang("/hang");
        Map<String, String> keys = new HashMap<>();
        keys.put("holdfast.cluster", "true");
        keys.put("holdfast.engine", "postgresql");
        keys.put("holdfast.engine.url", postgres.url(postgres.newDatabaseName()));
        keys.put("holdfast.engine.user", PostgresServer.USER);
        keys.put("holdfast.engine.password", postgres.password());
        keys.put(
                "holdfast.backend.rpc", "back-end=" + backEnd.url("/rpc") + ", back-end-hangs=" + backEnd.url("/hang"));
        keys.put("holdfast.handlers.timeout", "PT30S");
        one = HandlersShop.prepareAt("/", NAMES[0], keys, war -> {}).start();
        two = HandlersShop.prepareAt("/", NAMES[1], keys, war -> {});
        cable = new Cable(two.websocket());
        two.environment(Map.of("HOLDFAST_CLUSTER_ADDRESS", cable.http().toString()))
                .start();
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {one, two, cable, backEnd, postgres}) {
            if (each != null) {
                each.close();
            }
        }
    }

    private static <C extends WireClient> C connected(C connection) {
        connection.connect("{'token': '%s'}", HandlersShop.token(Names.fresh("once")));
        return connection;
    }

    /** The numbers of all calls that have arrived, those of beans and those of the back end. */
    private static List<Integer> arrived() {
        List<Integer> arrived = new ArrayList<>();
        for (String name : NAMES) {
            HandlersShop.notes(name).forEach(note -> arrived.add(Integer.valueOf(note)));
        }
        for (String path : List.of("/rpc", "/hang")) {
            backEnd.asked(path)
                    .forEach(asked -> arrived.add(asked.json().path("data").asInt()));
        }
        return arrived;
    }

    private void assertOnce(int calls) {
        List<Integer> arrived = arrived();
        System.out.printf(
                "CallsOnceIT: of %d calls %d were answered; %d of all have arrived%n",
                calls, answered.size(), arrived.size());
        assertThat(arrived).doesNotHaveDuplicates().containsAll(answered);
        assertThat(answered).hasSizeGreaterThan(calls / 4);
    }

    private static String rpc(int id, String method, int number) {
        return "{\"id\":" + id + ",\"rpc\":{\"method\":\"" + method + "\",\"data\":" + number + "}}";
    }

    private static String send(int number) {
        return "{\"send\":{\"data\":" + number + "}}";
    }

    private void awaitReply(WireClient connection, int number) {
        JsonNode reply = connection.await(
                "the reply with " + number, message -> message.at("/rpc/data").asInt() == number);
        answered.add(reply.at("/rpc/data").asInt());
    }

    @Test
    void a_client_that_comes_back_to_the_other_node_has_no_call_repeated() {
        int first = last;
        for (int round = 0; round < ROUNDS; round++) {
            LibertyServer node = round % 2 == 0 ? one : two;
            try (SocketClient connection = connected(node.socket())) {
                int number = last;
                last += 3;
                connection.send(send(number + 1) + "\n" + rpc(900, "note", number + 2) + "\n"
                        + rpc(901, "back-end", number + 3));
                if (random.nextBoolean()) {
                    awaitReply(connection, number + 2);
                    awaitReply(connection, number + 3);
                    answered.add(number + 1); // before them in the order of the connection
                } else {
                    busy(random.nextInt(3_000));
                }
                if (random.nextBoolean()) {
                    connection.drop();
                }
            }
        }
        assertOnce(last - first);
    }

    @Test
    void a_node_that_is_killed_between_call_and_reply_leaves_the_call_to_nobody() {
        int first = last;
        List<SocketClient> there = new ArrayList<>();
        for (String method : List.of("note-and-hang", "back-end-hangs")) {
            SocketClient connection = connected(one.socket());
            connection.send(send(++last) + "\n" + rpc(900, method, ++last));
            there.add(connection);
        }
        await().atMost(PATIENCE)
                .until(() -> arrived().containsAll(List.of(first + 1, first + 2, first + 3, first + 4)));
        one.kill();
        there.forEach(connection -> assertThat(connection.awaitClose().code()).isEqualTo(1006));
        callOnce(two);
        one.start();
        callOnce(one);
        callOnce(two);
        for (int number = first + 1; number <= first + 4; number++) {
            assertThat(arrived()).containsOnlyOnce(number);
        }
        assertOnce(last - first);
    }

    private void callOnce(LibertyServer node) {
        try (SocketClient connection = connected(node.socket())) {
            connection.send(rpc(900, "note", ++last));
            awaitReply(connection, last);
            connection.send(rpc(901, "back-end", ++last));
            awaitReply(connection, last);
        }
    }

    /** The stock SDK reconnects by itself: what it has called before is an error to its caller. */
    @Test
    void a_stock_sdk_that_reconnects_repeats_no_call() throws Exception {
        int first = last;
        try (Cable line = new Cable(one.websocket());
                JavaSdk sdk = JavaSdk.withToken(line.uri(), HandlersShop.token(Names.fresh("once")))) {
            sdk.awaitConnected();
            int lost = ++last;
            CompletableFuture<Throwable> failure = new CompletableFuture<>();
            sdk.client()
                    .rpc(
                            "note-and-hang",
                            String.valueOf(lost).getBytes(UTF_8),
                            (error, result) -> failure.complete(error));
            await().atMost(PATIENCE).until(() -> arrived().contains(lost));
            line.cut();
            await().atMost(PATIENCE).until(() -> !sdk.reconnects().isEmpty());
            line.mend();
            await().atMost(PATIENCE).until(sdk::isConnected);
            int next = ++last;
            JavaSdk.<RPCResult>answer(
                    done -> sdk.client().rpc("back-end", String.valueOf(next).getBytes(UTF_8), done));
            answered.add(next);
            assertThat(failure.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
            assertThat(arrived()).containsOnlyOnce(lost);
        }
        assertOnce(last - first);
    }

    @Test
    void frames_that_a_node_passes_on_arrive_at_most_once_over_a_link_that_is_cut() {
        int first = last;
        List<Integer> refused = new ArrayList<>();
        try (StreamClient session = connected(StreamClient.of(two, StreamClient.Kind.HTTP_STREAM))) {
            StreamClient elsewhere = StreamClient.of(one, StreamClient.Kind.HTTP_STREAM);
            await().atMost(PATIENCE).until(() -> passes(elsewhere, session));
            for (int round = 0; round < ROUNDS; round++) {
                int number = ++last;
                CompletableFuture<Void> cut = round % 8 == 5
                        ? CompletableFuture.runAsync(
                                cable::cut,
                                CompletableFuture.delayedExecutor(random.nextInt(20), TimeUnit.MILLISECONDS))
                        : null;
                int status = elsewhere.emulate(session.session(), session.node(), rpc(900, "note", number));
                if (status == 204) {
                    awaitReply(session, number);
                } else {
                    refused.add(status);
                }
                if (cut != null) {
                    cut.join();
                    cable.mend();
                    await().atMost(PATIENCE).until(() -> passes(elsewhere, session));
                }
            }
        }
        System.out.println("CallsOnceIT: frames that were refused or may have arrived: " + refused);
        assertOnce(last - first);
    }

    private boolean passes(StreamClient elsewhere, StreamClient session) {
        int number = ++last;
        if (elsewhere.emulate(session.session(), session.node(), rpc(901, "note", number)) != 204) {
            return false;
        }
        awaitReply(session, number);
        return true;
    }

    /** Lets a little time go by, so that the line is cut at another place. */
    private static void busy(int micros) {
        long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros);
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
