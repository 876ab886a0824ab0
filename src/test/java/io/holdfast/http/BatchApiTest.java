package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.access.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchApiTest {
    private static final Caller ADMIN = new Caller(EnumSet.of(Role.ADMIN), "");

    private final Node node = new Node();

    @AfterEach
    void close() {
        node.close();
    }

    private String answer(Caller caller, String body) throws Exception {
        String answer = node.batch
                .batch(body.getBytes(StandardCharsets.UTF_8), caller)
                .toCompletableFuture()
                .get()
                .toString();
        return answer.replaceAll("\"epoch\":\"[^\"]*\"", "\"epoch\":\"e\"");
    }

    @Test
    void every_command_has_its_reply_in_its_place_and_a_bad_one_stops_nothing() throws Exception {
        assertThat(answer(ADMIN, """
                {"commands":[{"publish":{"channel":"a","data":1}},{"publish":{"channel":5}},
                {"send":{"client":"u","id":"m","data":2}},{"broadcast":{"channels":["a","b"],"data":3}},{"rpc":{}},
                {"publish":{"channel":"a","data":4,"tags":{"id":"x"}}},{"send":{"client":"u","id":"n","data":5,"critical":false}},
                {"history_remove":{"channel":"#u"}},{"publish":{"channel":"a","data":6,"skip_history":true}}]}""")).isEqualTo("""
                        200 {"replies":[{"publish":{"offset":1,"epoch":"e"}},\
                        {"error":{"code":107,"message":"bad request: channel is not a string"}},\
                        {"send":{"id":"m","offset":1,"epoch":"e","duplicate":false,"stored":true}},\
                        {"broadcast":{"responses":[{"result":{"offset":2,"epoch":"e"}},{"result":{"offset":1,"epoch":"e"}}]}},\
                        {"error":{"code":104,"message":"method not found: A command is an object with one of publish, \
                        broadcast, send, subscribe, unsubscribe, disconnect, refresh, presence, presence_stats, history, \
                        history_remove, channels, info"}},\
                        {"error":{"code":107,"message":"bad request: tags: 'id' and 'expires' are reserved for the server"}},\
                        {"send":{"id":"n","stored":false,"connections":0}},\
                        {"error":{"code":107,"message":"bad request: channel: this call does not support outboxes"}},\
                        {"publish":{}}]}""");
    }

    @Test
    void a_command_sees_what_was_published_before_it_and_nothing_of_what_comes_later() throws Exception {
        assertThat(answer(ADMIN, """
                {"parallel":true,"commands":[{"history":{"channel":"a","limit":9}},
                {"publish":{"channel":"a","data":1,"idempotency_key":"x","tags":{"k":"v"}}},
                {"publish":{"channel":"a","data":2,"idempotency_key":"y"}},
                {"history":{"channel":"a","limit":1,"reverse":true}},{"history_remove":{"channel":"a"}},
                {"publish":{"channel":"a","data":3,"idempotency_key":"z"}},{"history":{"channel":"a","limit":-1}},
                {"presence_stats":{"channel":"a"}},{"channels":{}}]}""")).isEqualTo("""
                        200 {"replies":[{"history":{"publications":[],"epoch":"e","offset":0}},\
                        {"publish":{"offset":1,"epoch":"e"}},{"publish":{"offset":2,"epoch":"e"}},\
                        {"history":{"publications":[{"data":2,"offset":2,"tags":{"id":"y"}}],"epoch":"e","offset":2}},\
                        {"history_remove":{}},{"publish":{"offset":3,"epoch":"e"}},\
                        {"history":{"publications":[{"data":3,"offset":3,"tags":{"id":"z"}}],"epoch":"e","offset":3}},\
                        {"presence_stats":{"num_clients":0,"num_users":0}},{"channels":{"channels":{}}}]}""");
    }

    @Test
    void each_command_wants_the_role_of_its_own_call() throws Exception {
        String body = "{\"commands\":[{\"publish\":{\"channel\":\"a\",\"data\":1}},{\"history\":{\"channel\":\"a\"}},"
                + "{\"history_remove\":{\"channel\":\"a\"}},{\"publish\":{}}]}";
        assertThat(answer(new Caller(Set.of(Role.PUBLISHER), ""), body))
                .contains("[{\"publish\":{\"offset\":1")
                .contains(
                        "{\"error\":{\"code\":103,\"message\":\"permission denied: This command needs the role reader\"}},"
                                + "{\"error\":{\"code\":103,\"message\":\"permission denied: This command needs the role admin\"}},"
                                + "{\"error\":{\"code\":107");
        assertThat(answer(new Caller(Set.of(Role.READER), ""), body))
                .contains(
                        "[{\"error\":{\"code\":103,\"message\":\"permission denied: This command needs the role publisher\"}},"
                                + "{\"history\":{\"publications\":[],\"epoch\":\"e\",\"offset\":1}}");
    }

    @Test
    void a_command_with_two_calls_is_refused_and_neither_is_done() throws Exception {
        String publish = "\"publish\":{\"channel\":\"a\",\"data\":1}";
        String broadcast = "\"broadcast\":{\"channels\":[\"b\"],\"data\":2}";
        String both =
                "{\"error\":{\"code\":107,\"message\":\"bad request: A command holds one call, but this one holds %s;"
                        + " make two commands of it\"}}";
        assertThat(answer(
                        ADMIN,
                        "{\"commands\":[{" + publish + "," + broadcast + "},{" + broadcast
                                + ",\"history\":{\"channel\":\"a\"}}," + "{" + publish + "," + publish + "," + broadcast
                                + "},{\"info\":5," + publish + "}]}"))
                .isEqualTo("200 {\"replies\":["
                        + both.formatted("publish and broadcast") + ","
                        + both.formatted("broadcast and history") + ","
                        + both.formatted("publish and publish") + ","
                        + both.formatted("info and publish") + "]}");
        assertThat(node.manager.stats().messages().accepted()).isZero();
        assertThat(answer(ADMIN, "{\"commands\":[{\"id\":7," + publish + "}]}"))
                .as("a field that names no call is passed over")
                .isEqualTo("200 {\"replies\":[{\"publish\":{\"offset\":1,\"epoch\":\"e\"}}]}");
    }

    @Test
    void an_empty_batch_has_no_replies_and_a_missing_one_is_an_error() throws Exception {
        assertThat(answer(ADMIN, "{\"commands\":[]}")).isEqualTo("200 {\"replies\":[]}");
        assertThat(answer(ADMIN, "{}")).contains("\"code\":107");
    }

    @Test
    void a_batch_that_multiplies_is_refused_whole() throws Exception {
        String channels = "\"a\",".repeat(CallReader.MAX_CHANNELS - 1) + "\"a\"";
        String one = "{\"broadcast\":{\"data\":1,\"channels\":[" + channels + "]}}";
        assertThat(answer(ADMIN, "{\"commands\":[" + (one + ",").repeat(10) + one + "]}"))
                .contains("\"code\":106");
        String info = "{\"info\":{}}";
        assertThat(answer(ADMIN, "{\"commands\":[" + (info + ",").repeat(BatchApi.MAX_COMMANDS) + info + "]}"))
                .contains("\"code\":106");
        assertThat(node.manager.stats().messages().accepted()).isZero();
    }

    private String lines(Caller caller, String body) throws Exception {
        return node.batch
                .lines(body.getBytes(StandardCharsets.UTF_8), caller)
                .toCompletableFuture()
                .get()
                .toString()
                .replaceAll("\"epoch\":\"[^\"]*\"", "\"epoch\":\"e\"");
    }

    @Test
    void commands_of_the_first_form_get_a_line_each_in_their_order() throws Exception {
        assertThat(lines(ADMIN, """
                {"method":"publish","params":{"channel":"a","data":{"n":1.50}}}
                {"params":{"channels":["a","b"],"data":2},"id":7,"method":"broadcast"} {"method":"history","params":
                  {"channel":"a","limit":1}, "more": [1]}
                {"id":8,"method":"publish","params":{"data":3}}
                {"id":9,"method":"rpc","params":{}}
                {"method":"channels"}{"method":"info","params":null}""").replaceAll("\"nodes\":.*", "\"nodes\"")).isEqualTo("""
                        200 {"result":{"offset":1,"epoch":"e"}}
                        {"id":7,"result":{"responses":[{"result":{"offset":2,"epoch":"e"}},{"result":{"offset":1,"epoch":"e"}}]}}
                        {"result":{"publications":[{"data":{"n":1.50},"offset":1,"tags":{"id":"%s"}}],"epoch":"e","offset":2}}
                        {"id":8,"error":{"code":107,"message":"bad request: channel is required"}}
                        {"id":9,"error":{"code":104,"message":"method not found: The method must be one of publish, broadcast, \
                        send, subscribe, unsubscribe, disconnect, refresh, presence, presence_stats, history, history_remove, \
                        channels, info"}}
                        {"result":{"channels":{}}}
                        {"result":{"nodes"
                        """.formatted(firstId()));
    }

    private String firstId() {
        return node.manager
                .history("a", 1, null, false, 1 << 10)
                .publications()
                .get(0)
                .id();
    }

    @Test
    void each_line_wants_the_role_of_its_own_call() throws Exception {
        assertThat(lines(new Caller(Set.of(Role.READER), ""), """
                {"method":"publish","params":{"channel":"a","data":1}}
                {"method":"presence_stats","params":{"channel":"a"}}""")).isEqualTo("""
                        200 {"error":{"code":103,"message":"permission denied: This command needs the role publisher"}}
                        {"result":{"num_clients":0,"num_users":0}}
                        """);
    }

    @Test
    void nothing_is_carried_out_of_a_body_that_is_not_commands_to_its_end() throws Exception {
        String good = "{\"method\":\"publish\",\"params\":{\"channel\":\"a\",\"data\":1}}\n";
        for (String bad : List.of("[]", "5", "{\"id\":-1}", "{\"id\":\"x\"}", "{\"method\":7}", "{\"method\":")) {
            assertThatThrownBy(() -> lines(ADMIN, good + bad)).as(bad).isInstanceOf(IOException.class);
        }
        assertThat(lines(ADMIN, "")).contains("\"code\":107");
        assertThat(node.manager.history("a", 1, null, false, 1 << 10).publications())
                .isEmpty();
    }
}
