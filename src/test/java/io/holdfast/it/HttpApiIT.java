package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the HTTP API refuses, and how. */
@ExtendWith(Gateway.class)
class HttpApiIT {
    private final LibertyServer gateway;
    private final Api api;

    HttpApiIT(LibertyServer gateway) {
        this.gateway = gateway;
        this.api = gateway.api();
    }

    private static void refused(Api.Answer answer, int status, String field) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        JsonNode error = answer.json().path("error");
        assertThat(error.isMissingNode()).as(answer.body()).isFalse();
        assertThat(answer.body()).contains(field).doesNotContain("Exception").doesNotContain("\tat ");
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "client | {\"data\":{}}",
                "client | {\"client\":\"\",\"data\":{}}",
                "client | {\"client\":7,\"data\":{}}",
                "client | {\"client\":null,\"data\":{}}",
                "data   | {\"client\":\"c\"}",
                "id     | {\"client\":\"c\",\"data\":{},\"id\":\"\"}",
                "id     | {\"client\":\"c\",\"data\":{},\"id\":5}",
                "ttl    | {\"client\":\"c\",\"data\":{},\"ttl\":-1}",
                "ttl    | {\"client\":\"c\",\"data\":{},\"ttl\":\"soon\"}",
                "ttl    | {\"client\":\"c\",\"data\":{},\"ttl\":1e99}",
                "ttl    | {\"client\":\"c\",\"data\":{},\"ttl\":{}}",
                "critical | {\"client\":\"c\",\"data\":{},\"critical\":\"yes\"}",
                "tags   | {\"client\":\"c\",\"data\":{},\"tags\":[]}",
                "tags   | {\"client\":\"c\",\"data\":{},\"tags\":{\"id\":\"mine\"}}",
                "tags   | {\"client\":\"c\",\"data\":{},\"tags\":{\"expires\":\"1\"}}",
                "tags   | {\"client\":\"c\",\"data\":{},\"tags\":{\"n\":1}}",
                "colour | {\"client\":\"c\",\"data\":{},\"colour\":\"red\"}",
            })
    void a_bad_field_is_named(String field, String body) {
        refused(api.postRaw("/api/send", body), 400, field);
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[]",
                "null",
                "7",
                "{\"client\":\"c\",\"data\":{}} x",
                "{\"client\":\"c\" \"data\":{}}",
                "{'client':'c','data':{}}",
                "{\"client\":\"c\",\"data\":NaN}",
            })
    void a_body_that_is_not_a_json_object_is_refused(String body) {
        refused(api.postRaw("/api/send", body), 400, "");
        assertThat(api.postRaw("/api/publish", body).status()).isEqualTo(400);
    }

    @Test
    void a_message_above_60_kib_is_refused() {
        refused(api.post("/api/send", "{'client': 'c', 'data': '%s'}", "x".repeat(61 * 1024)), 400, "data");
    }

    @Test
    void a_body_of_many_megabytes_is_refused_without_reading_it_into_memory() {
        Api.Answer answer = api.postRaw("/api/send", "{\"client\":\"c\",\"data\":\"" + "x".repeat(20 << 20) + "\"}");
        assertThat(answer.status()).isIn(400, 413);
    }

    @Test
    void names_have_limits() {
        refused(api.post("/api/send", "{'client': '%s', 'data': {}}", "c".repeat(256)), 400, "client");
        refused(api.post("/api/send", "{'client': 'c', 'id': '%s', 'data': {}}", "i".repeat(129)), 400, "id");
    }

    @Test
    void without_the_key_or_with_a_wrong_one_nothing_is_done() {
        for (Api stranger : new Api[] {new Api(gateway.http(), null), new Api(gateway.http(), "guess")}) {
            refused(stranger.post("/api/send", "{'client': 'c', 'data': {}}"), 401, "");
            assertThat(stranger.post("/api/publish", "{'channel': 'c', 'data': {}}")
                            .status())
                    .isEqualTo(401);
            assertThat(stranger.post("/api/broadcast", "{'channels': ['c'], 'data': {}}")
                            .status())
                    .isEqualTo(401);
            assertThat(stranger.message("c", "i").status()).isEqualTo(401);
            assertThat(stranger.postRaw("/api/send", "not json").status()).isEqualTo(401);
        }
    }

    @Test
    void what_does_not_exist_is_not_found_and_a_wrong_method_not_allowed() {
        assertThat(api.post("/api/nonsense", "{}").status()).isEqualTo(404);
        assertThat(api.get("/api/send").status()).isEqualTo(405);
        assertThat(api.post("/api/message", "{}").status()).isEqualTo(405);
    }

    @Test
    void a_question_for_a_message_needs_client_and_id() {
        refused(api.get("/api/message?id=x"), 400, "client");
        refused(api.get("/api/message?client=c"), 400, "id");
        refused(api.get("/api/message"), 400, "client");
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(
            strings = {
                "{\"data\":{}}",
                "{\"channel\":\"\",\"data\":{}}",
                "{\"channel\":7,\"data\":{}}",
                "{\"channel\":\"c\"}",
                "{\"channel\":\"c\",\"data\":{},\"tags\":{\"id\":\"mine\"}}",
            })
    void the_compatible_publish_answers_200_with_an_error(String body) {
        Api.Answer answer = api.postRaw("/api/publish", body);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("error").path("code").asInt()).isEqualTo(107);
    }

    @Test
    void the_first_form_of_the_api_answers_a_line_a_command() {
        String channel = Names.fresh("line");
        Api.Answer answer = api.postRaw(
                "/api",
                "{\"method\":\"publish\",\"params\":{\"channel\":\"%s\",\"data\":1}}\n{\"id\":2,\"method\":\"nothing\"}"
                        .formatted(channel));
        assertThat(answer.status()).isEqualTo(200);
        String[] lines = answer.body().split("\n");
        assertThat(lines).hasSize(2);
        assertThat(lines[0]).startsWith("{\"result\":{\"offset\":1,");
        assertThat(lines[1]).startsWith("{\"id\":2,\"error\":{\"code\":104,");
        assertThat(api.postRaw("/api", "{\"method\":\"info\"} x").status()).isEqualTo(400);
    }

    @Test
    void errors_have_a_status_for_callers_that_ask_for_it() {
        Api.Answer refused = api.postRaw("/api/publish", "{\"data\":1}", "X-Centrifugo-Error-Mode", "transport");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("code").asInt()).isEqualTo(107);
    }

    /** An unanswered ping would be noticed only after 35 s. */
    @ParameterizedTest
    @EnumSource
    void presence_ends_soon_after_the_end_of_a_stream(StreamClient.Kind kind) {
        String channel = Names.fresh("left");
        try (StreamClient client = StreamClient.of(gateway, kind)) {
            client.connectAs(Names.fresh("leaving"));
            client.command("subscribe", "{'channel': '%s'}", channel);
            assertThat(present(channel)).isEqualTo(1);
        }
        await().atMost(Duration.ofSeconds(15)).until(() -> present(channel) == 0);
    }

    private int present(String channel) {
        return api.post("/api/presence_stats", "{'channel': '%s'}", channel)
                .json()
                .at("/result/num_clients")
                .asInt(-1);
    }

    @Test
    void a_key_in_the_address_does_not_count_where_it_is_not_switched_on() {
        Api anybody = new Api(gateway.http(), null);
        assertThat(anybody.get("/api/metrics?api_key=" + LibertyServer.API_KEY).status())
                .isEqualTo(401);
    }

    @Test
    void health_and_metrics_answer_without_a_key() {
        Api anybody = new Api(gateway.http(), null);
        assertThat(anybody.get("/health/ready").status()).isEqualTo(200);
        assertThat(anybody.get("/health/live").status()).isEqualTo(200);
        assertThat(anybody.get("/metrics").status()).isEqualTo(200);
    }

    @Test
    void the_page_and_the_script_are_served() {
        assertThat(api.get("/").body()).contains("<html").contains("module");
        Api.Answer script = api.get("/holdfast.js");
        assertThat(script.status()).isEqualTo(200);
        assertThat(script.header("Content-Type")).contains("javascript");
    }

    @Test
    void the_dashboard_is_served_and_may_load_nothing_from_elsewhere() {
        Api.Answer bare = api.get("/admin");
        assertThat(bare.status()).isEqualTo(302);
        assertThat(bare.header("Location")).as("whatever stands in front").isEqualTo("admin/");
        Api.Answer page = api.get("/admin/");
        assertThat(page.body()).contains("<html").contains("main.js");
        assertThat(page.header("Content-Security-Policy"))
                .contains("script-src 'self'")
                .doesNotContain("unsafe");
        assertThat(api.postRaw("/admin/", "").status()).isEqualTo(405);
        Matcher styles = Pattern.compile("href=\"(vendor/[^\"]+)\"").matcher(page.body());
        assertThat(styles.find()).isTrue();
        assertThat(api.get("/admin/" + styles.group(1)).status()).isEqualTo(200);
    }

    @Test
    void a_query_is_utf_8() {
        String client = Names.fresh("ü-😀");
        api.send("{'client': '%s', 'id': 'ß', 'data': 1}", client);
        assertThat(api.state(client, "ß")).isEqualTo("queued");
    }
}
