package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.client.Close;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Roles × channels × commands over the wire, where names come from tokens. */
class PermissionIT {
    private static final String SECRET = "a-secret-of-the-tests-with-32-bytes-and-more";
    private static final Tokens TOKENS = new Tokens(SECRET);

    private static LibertyServer gateway;

    @BeforeAll
    static void start() {
        Map<String, String> variables = new LinkedHashMap<>(Map.of(
                "holdfast.token.hmac-secret",
                SECRET,
                "holdfast.api.keys",
                Tokens.hashed("admin", "key"),
                "holdfast.namespaces",
                "open,members,closed"));
        for (String right : new String[] {"subscribe", "publish", "presence", "history"}) {
            variables.put("holdfast.namespace.open." + right, "clients");
            variables.put("holdfast.namespace.members." + right, "subscribers");
            variables.put("holdfast.namespace.closed." + right, "nobody");
        }
        gateway = LibertyServer.prepare("permissions", variables).start();
        Api api = new Api(gateway.http(), "key");
        for (String client : new String[] {"u1", "u2"}) { // something to be read, if it can be
            api.send("{'client': '%s', 'data': {'n': 1}}", client);
        }
        for (String channel : new String[] {"open:1", "members:1", "closed:1", "plain"}) {
            assertThat(api.post("/api/publish", "{'channel': '%s', 'data': {'n': 1}}", channel)
                            .json()
                            .has("result"))
                    .isTrue();
        }
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static String token(String claims, Object... values) {
        long expiry = Instant.now().plusSeconds(600).getEpochSecond();
        return TOKENS.signed(
                "{\"alg\":\"HS256\"}",
                Json.object(claims, values).put("exp", expiry).toString());
    }

    /**
     * {@code yes}, or the code of the error. <i>Client</i> is u1, <i>subscriber</i> is u1 after a subscription where it may
     * have one, <i>holder</i> has a subscription token made out to it, <i>other</i> is u2, <i>thief</i> is u2 with the
     * subscription token of u1.
     */
    @ParameterizedTest(name = "{0} on {1}")
    @CsvSource({
        // role,     channel,   subscribe, recover, publish, presence, stats, history
        "client,     open:1,          yes, yes, yes, yes, yes, yes",
        "client,     members:1,       103, 103, 103, 103, 103, 103",
        "client,     closed:1,        103, 103, 103, 108, 108, 108",
        "client,     plain,           103, 103, 103, 108, 108, 108",
        "client,     #u1,             yes, 105, 103, 103, 103, 103",
        "client,     #u2,             103, 103, 103, 103, 103, 103",
        "client,     ##u1,            103, 103, 103, 103, 103, 103",
        "client,     %23u2,           103, 103, 103, 108, 108, 108",
        "client,     unknown:1,       102, 102, 102, 102, 102, 102",
        "client,     '',              107, 107, 107, 107, 107, 107",
        "client,     '#u2\u200b',     107, 107, 107, 107, 107, 107",
        "subscriber, open:1,          105, 105, yes, yes, yes, yes",
        "subscriber, members:1,       105, 105, yes, yes, yes, yes",
        "subscriber, closed:1,        103, 103, 103, 108, 108, 108",
        "subscriber, #u1,             105, 105, 103, 103, 103, 103",
        "subscriber, #u2,             103, 103, 103, 103, 103, 103",
        "holder,     open:1,          yes, yes, yes, yes, yes, yes",
        "holder,     members:1,       yes, yes, 103, 103, 103, 103",
        "holder,     closed:1,        103, 103, 103, 108, 108, 108",
        "holder,     plain,           yes, yes, 103, 108, 108, 108",
        "holder,     #u1,             yes, 105, 103, 103, 103, 103",
        "holder,     #u2,             103, 103, 103, 103, 103, 103",
        "holder,     unknown:1,       102, 102, 102, 102, 102, 102",
        "other,      open:1,          yes, yes, yes, yes, yes, yes",
        "other,      members:1,       103, 103, 103, 103, 103, 103",
        "other,      closed:1,        103, 103, 103, 108, 108, 108",
        "other,      #u1,             103, 103, 103, 103, 103, 103",
        "other,      #u2,             yes, 105, 103, 103, 103, 103",
        "other,      unknown:1,       102, 102, 102, 102, 102, 102",
        "thief,      open:1,          103, 103, yes, yes, yes, yes",
        "thief,      members:1,       103, 103, 103, 103, 103, 103",
        "thief,      closed:1,        103, 103, 103, 108, 108, 108",
        "thief,      #u1,             103, 103, 103, 103, 103, 103",
    })
    void is_answered_so(
            String role,
            String channel,
            String subscribe,
            String recover,
            String publish,
            String presence,
            String stats,
            String history) {
        String client = role.equals("other") || role.equals("thief") ? "u2" : "u1";
        String shown = role.equals("client") || role.equals("other")
                ? ""
                : ", \"token\": \"" + token("{'sub': 'u1', 'channel': '%s'}", channel) + "\"";
        try (RawClient connection = gateway.client()) {
            connection.connect("{'token': '%s', 'data': {'outbox': false}}", token("{'sub': '%s'}", client));
            if (role.equals("subscriber")) {
                connection.ask("subscribe", "{'channel': '%s'%s}", channel, shown);
            }
            assertThat(outcome(connection, "publish", "{'channel': '%s', 'data': {}}", channel))
                    .as("publish")
                    .isEqualTo(publish);
            assertThat(outcome(
                            connection, "rpc", "{'method': 'publish', 'data': {'channel': '%s', 'data': {}}}", channel))
                    .as("rpc publish")
                    .isEqualTo(publish);
            assertThat(outcome(connection, "presence", "{'channel': '%s'}", channel))
                    .as("presence")
                    .isEqualTo(presence);
            assertThat(outcome(connection, "presence_stats", "{'channel': '%s'}", channel))
                    .as("presence_stats")
                    .isEqualTo(stats);
            assertThat(outcome(connection, "history", "{'channel': '%s', 'limit': 10}", channel))
                    .as("history")
                    .isEqualTo(history);
            assertThat(outcome(connection, "subscribe", "{'channel': '%s'%s}", channel, shown))
                    .as("subscribe")
                    .isEqualTo(subscribe);
            if (subscribe.equals("yes") && !channel.startsWith("#")) {
                connection.command("unsubscribe", "{'channel': '%s'}", channel);
            }
            assertThat(outcome(
                            connection,
                            "subscribe",
                            "{'channel': '%s', 'recover': true, 'epoch': 'e', 'offset': 0%s}",
                            channel,
                            shown))
                    .as("subscribe with recovery")
                    .isEqualTo(recover);
            if (!role.equals("subscriber") && !recover.equals("yes") && !subscribe.equals("yes")) {
                connection.silent(channel, Duration.ofMillis(20));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"open:1", "members:1", "closed:1", "plain", "#u1", "unknown:1"})
    void a_client_without_identity_gets_only_error_101(String channel) {
        for (String command : new String[] {
            "'subscribe': {'channel': '%s'}",
            "'subscribe': {'channel': '%s', 'recover': true, 'offset': 0}",
            "'publish': {'channel': '%s', 'data': {}}",
            "'presence': {'channel': '%s'}",
            "'presence_stats': {'channel': '%s'}",
            "'history': {'channel': '%s', 'limit': 10}"
        }) {
            try (SocketClient connection = gateway.socket()) {
                assertThat(connection.refused("connect", "{'data': {'client': 'u1'}}"))
                        .isEqualTo(101);
                connection.send(
                        Json.object("{'id': 7, " + command + "}", channel).toString());
                assertThat(connection.awaitClose()).isEqualTo(new Close(3501, "bad request"));
            }
        }
    }

    private static String outcome(RawClient connection, String method, String request, Object... values) {
        JsonNode reply = connection.ask(method, request, values);
        return reply.has("error") ? reply.path("error").path("code").asText() : "yes";
    }
}
