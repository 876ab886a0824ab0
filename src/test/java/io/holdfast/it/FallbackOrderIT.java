package io.holdfast.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.it.StreamClient.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commands over a fallback transport are carried out in the order of frames and, within a frame, in their own. */
@ExtendWith(Gateway.class)
class FallbackOrderIT {
    private static final String PUBLISH = "{'id': %d, 'publish': {'channel': '%s', 'data': {'n': %d}}}";
    private static final String SUBSCRIBE = "{'id': %d, 'subscribe': {'channel': '%s'}}";
    private static final String HISTORY = "{'id': %d, 'history': {'channel': '%s', 'limit': -1}}";
    private static final String UNSUBSCRIBE = "{'id': %d, 'unsubscribe': {'channel': '%s'}}";

    /** Ids that the frames of a test use, so that they meet none of the client's own. */
    private static final int FIRST_ID = 1_000;

    private final LibertyServer gateway;
    private final String channel = Names.fresh("order");

    FallbackOrderIT(LibertyServer gateway) {
        this.gateway = gateway;
    }

    private StreamClient connected(Kind kind) {
        StreamClient connection = StreamClient.of(gateway, kind);
        connection.connect("{'data': {'client': '%s', 'outbox': false}}", Names.fresh("order"));
        return connection;
    }

    private static String frame(JsonNode... commands) {
        return String.join(
                "\n", List.of(commands).stream().map(JsonNode::toString).toList());
    }

    /** What came up to the reply with this id: replies by their ids, publications as p with their number. */
    private static List<String> heardUntil(StreamClient connection, int lastId, Map<String, JsonNode> messages) {
        List<String> heard = new ArrayList<>();
        while (heard.isEmpty() || !heard.get(heard.size() - 1).equals(String.valueOf(lastId))) {
            JsonNode message = connection.await("a message before the reply " + lastId, any -> true);
            JsonNode pub = message.path("push").path("pub");
            String name = message.has("id")
                    ? message.path("id").asText()
                    : pub.isMissingNode()
                            ? message.toString()
                            : "p" + pub.path("data").path("n").asInt();
            assertThat(message.has("error")).as(message.toString()).isFalse();
            messages.put(name, message);
            heard.add(name);
        }
        return heard;
    }

    @ParameterizedTest
    @EnumSource
    void commands_of_one_frame_are_answered_in_order_and_see_each_other(Kind kind) {
        try (StreamClient connection = connected(kind)) {
            for (int round = 0; round < 20; round++) {
                String name = channel + "-" + round;
                int id = FIRST_ID + 10 * round;
                connection.send(frame(
                        Json.object(SUBSCRIBE, id, name),
                        Json.object(PUBLISH, id + 1, name, 7),
                        Json.object(HISTORY, id + 2, name),
                        Json.object(PUBLISH, id + 3, name, 8),
                        Json.object(UNSUBSCRIBE, id + 4, name),
                        Json.object(PUBLISH, id + 5, name, 9),
                        Json.object(HISTORY, id + 6, name)));
                Map<String, JsonNode> messages = new HashMap<>();

                List<String> heard = heardUntil(connection, id + 6, messages);

                assertThat(heard.stream().filter(what -> !what.startsWith("p")))
                        .containsExactlyElementsOf(IntStream.range(id, id + 7)
                                .mapToObj(String::valueOf)
                                .toList());
                assertThat(heard.stream().filter(what -> what.startsWith("p"))).containsExactly("p7", "p8");
                assertThat(heard.indexOf("p8"))
                        .as("before the reply to unsubscribe")
                        .isLessThan(heard.indexOf("" + (id + 4)));
                assertThat(numbers(messages.get("" + (id + 2)))).containsExactly(7);
                assertThat(numbers(messages.get("" + (id + 6)))).containsExactly(7, 8, 9);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void commands_may_follow_connect_in_the_first_frame(Kind kind) {
        try (StreamClient connection = StreamClient.of(gateway, kind)) {
            connection.send(frame(
                    Json.object("{'id': 1, 'connect': {'data': {'client': '%s', 'outbox': false}}}", channel),
                    Json.object(SUBSCRIBE, 2, channel),
                    Json.object(PUBLISH, 3, channel, 7),
                    Json.object(HISTORY, 4, channel),
                    Json.object(UNSUBSCRIBE, 5, channel)));
            Map<String, JsonNode> messages = new HashMap<>();
            assertThat(heardUntil(connection, 5, messages).stream().filter(what -> !what.startsWith("p")))
                    .containsExactly("1", "2", "3", "4", "5");
            assertThat(numbers(messages.get("4"))).containsExactly(7);
        }
    }

    @ParameterizedTest
    @EnumSource
    void pipelined_publishes_of_one_frame_are_stored_in_order(Kind kind) {
        int count = 99;
        try (StreamClient connection = connected(kind);
                RawClient subscriber = gateway.client()) {
            subscriber.connectAs(Names.fresh("order"));
            subscriber.command("subscribe", "{'channel': '%s'}", channel);
            List<JsonNode> commands = new ArrayList<>();
            for (int n = 0; n < count; n++) {
                commands.add(Json.object(PUBLISH, FIRST_ID + n, channel, n));
            }
            commands.add(Json.object(HISTORY, FIRST_ID + count, channel));
            connection.send(frame(commands.toArray(JsonNode[]::new)));
            Map<String, JsonNode> messages = new HashMap<>();
            assertThat(heardUntil(connection, FIRST_ID + count, messages))
                    .as("replies to publishes that were under way together come in any order")
                    .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(FIRST_ID, FIRST_ID + count)
                            .mapToObj(String::valueOf)
                            .toList());
            assertThat(messages.get("" + (FIRST_ID + count))
                            .at("/history/offset")
                            .asInt())
                    .isEqualTo(count);
            assertThat(subscriber.publications(channel, count))
                    .extracting(Pub::n)
                    .containsExactlyElementsOf(IntStream.range(0, count).boxed().toList());
        }
    }

    /** One TCP connection, and the next request is under way before the answer to the one before (RFC 9112, section 9.3.2). */
    @ParameterizedTest
    @EnumSource
    void pipelined_requests_are_carried_out_in_the_order_in_which_they_were_sent(Kind kind) throws IOException {
        int count = 60;
        try (StreamClient connection = connected(kind);
                Socket socket = new Socket("localhost", gateway.http().getPort())) {
            socket.setSoTimeout(10_000);
            StringBuilder requests = new StringBuilder();
            for (int n = 0; n < count; n++) {
                String frame = n % 3 == 2
                        ? Json.object(HISTORY, FIRST_ID + n, channel).toString()
                        : Json.object(PUBLISH, FIRST_ID + n, channel, n).toString();
                requests.append(request(connection, frame));
            }
            socket.getOutputStream().write(requests.toString().getBytes(UTF_8));
            BufferedReader answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
            for (int n = 0; n < count; n++) {
                assertThat(answers.readLine()).contains(" 204 ");
                while (!answers.readLine().isEmpty()) {}
            }
            Map<String, JsonNode> messages = new HashMap<>();
            assertThat(heardUntil(connection, FIRST_ID + count - 1, messages))
                    .as("replies to publishes that were under way together come in any order")
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(FIRST_ID, FIRST_ID + count)
                            .mapToObj(String::valueOf)
                            .toList());
            for (int n = 2; n < count; n += 3) {
                assertThat(numbers(messages.get("" + (FIRST_ID + n))))
                        .as("before the command %d", n)
                        .containsExactlyElementsOf(IntStream.range(0, n)
                                .filter(earlier -> earlier % 3 != 2)
                                .boxed()
                                .toList());
            }
        }
    }

    private String request(StreamClient connection, String frame) {
        String body = Json.object("{}")
                .put("session", connection.session())
                .put("node", connection.node())
                .put("data", frame)
                .toString();
        return "POST /emulation HTTP/1.1\r\nHost: localhost:" + gateway.http().getPort()
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /**
     * Nobody can say which of two requests that are under way together comes first. But no frame falls into the middle of
     * another, each is carried out once, and one that is sent after the answer to another comes after it.
     */
    @ParameterizedTest
    @EnumSource
    void frames_of_several_requests_under_way_do_not_mix(Kind kind) throws Exception {
        int senders = 8;
        int frames = 8; // all their commands may wait at the same time
        ExecutorService threads = Executors.newFixedThreadPool(senders);
        try (StreamClient connection = connected(kind)) {
            connection.command("subscribe", "{'channel': '%s'}", channel);
            List<Future<?>> sending = new ArrayList<>();
            for (int sender = 0; sender < senders; sender++) {
                int first = FIRST_ID * (sender + 1);
                sending.add(threads.submit(() -> {
                    for (int frame = 0; frame < frames; frame++) {
                        int id = first + 3 * frame;
                        connection.send(frame(
                                Json.object(PUBLISH, id, channel, id),
                                Json.object(PUBLISH, id + 1, channel, id + 1),
                                Json.object("{'id': %d, 'history': {'channel': '%s'}}", id + 2, channel)));
                    }
                }));
            }
            for (Future<?> one : sending) {
                one.get();
            }
            List<Integer> published = connection.publications(channel, 2 * senders * frames).stream()
                    .map(Pub::n)
                    .toList();
            assertThat(published).doesNotHaveDuplicates();
            int[] last = new int[senders];
            for (int i = 0; i < published.size(); i += 2) {
                int id = published.get(i);
                assertThat(published.get(i + 1))
                        .as("after %d in %s", id, published)
                        .isEqualTo(id + 1);
                int sender = id / FIRST_ID - 1;
                assertThat(id).as("after %d of the same sender", last[sender]).isGreaterThan(last[sender]);
                last[sender] = id;
                assertThat(List.of(reply(connection), reply(connection)))
                        .as("replies to publishes that were under way together come in any order")
                        .extracting(each -> each.path("id").asInt())
                        .containsExactlyInAnyOrder(id, id + 1);
                JsonNode history = reply(connection);
                assertThat(history.path("id").asInt()).isEqualTo(id + 2);
                assertThat(history.at("/history/offset").asInt()).isEqualTo(i + 2);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static JsonNode reply(StreamClient connection) {
        JsonNode reply = connection.await("a reply", message -> message.has("id"));
        assertThat(reply.has("error")).as(reply.toString()).isFalse();
        return reply;
    }

    private static List<Integer> numbers(JsonNode reply) {
        List<Integer> numbers = new ArrayList<>();
        reply.at("/history/publications")
                .forEach(pub -> numbers.add(pub.path("data").path("n").asInt()));
        return numbers;
    }
}
