package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.client.Close;
import io.holdfast.client.Frames;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Input that no SDK sends: the right code for whoever sends it, and no harm to anybody else. */
@ExtendWith(Gateway.class)
class MalformedInputIT {
    private final LibertyServer gateway;
    private final RawClient bystander;

    MalformedInputIT(LibertyServer gateway) {
        this.gateway = gateway;
        this.bystander = gateway.client();
        bystander.connectAs(Names.fresh("bystander"));
    }

    @AfterEach
    void nobody_else_noticed() {
        assertThat(bystander.ask("ping", "{}").has("error")).isFalse();
        bystander.close();
        assertThat(gateway.api().get("/health/ready").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "/NAME/deeper, 404",
        "/NAME.js, 404",
        "/NAME%2Fdeeper, 400",
        "/connection/NAME, 404",
        "/connection/NAME%2F, 400"
    })
    void a_path_that_leads_nowhere_writes_nothing_into_the_log(String path, int status) {
        String name = Names.fresh("nowhere");
        assertThat(gateway.api().get(path.replace("NAME", name)).status()).isEqualTo(status);
        assertThat(gateway.log()).doesNotContain(name);
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(
            strings = {
                "{}", // an unasked pong
                "not json",
                "{",
                "[]",
                "null",
                "1",
                "\"text\"",
                "{\"id\":1}",
                "{\"id\":0,\"connect\":{}}",
                "{\"connect\":{}}",
                "{\"id\":1,\"subscribe\":{\"channel\":\"a\"}}",
                "{\"id\":1,\"publish\":{\"channel\":\"a\",\"data\":{}}}",
                "{\"id\":1,\"rpc\":{\"method\":\"ack\"}}",
                "{\"id\":1,\"ping\":{}}",
                "{\"send\":{\"data\":{}}}",
                "{\"id\":1,\"nonsense\":{}}",
                "{\"id\":1,\"connect\":[]}",
                "{\"id\":1,\"connect\":7}",
                "{\"id\":\"one\",\"connect\":{}}",
                "{\"id\":-1,\"connect\":{}}",
                "{\"id\":99999999999999999999,\"connect\":{}}",
                "{\"id\":1.5,\"connect\":{}}",
            })
    void before_connect_it_closes_as_a_bad_request(String frame) {
        try (RawClient connection = gateway.client()) {
            connection.send(frame);
            assertThat(connection.awaitClose()).isEqualTo(new Close(3501, "bad request"));
        }
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(
            strings = {
                "{}", // nobody asked
                "garbage",
                "{\"id\":5,\"rpc\":{\"method\":\"x\"}",
                "{\"id\":5}",
                "{\"id\":0,\"rpc\":{\"method\":\"x\"}}",
                "{\"rpc\":{\"method\":\"x\"}}",
                "{\"id\":5,\"subscribe\":\"a\"}",
                "{\"id\":5,\"subscribe\":{\"channel\":7}}",
                "{\"id\":5,\"subscribe\":{\"channel\":\"a\",\"offset\":-1}}",
                "{\"id\":5,\"subscribe\":{\"channel\":\"a\",\"offset\":\"x\"}}",
                "{\"id\":5,\"publish\":{\"channel\":\"a\"}}",
                "\u0000",
                "{\"id\":5,\"ping\":{}}}",
            })
    void after_connect_it_closes_as_a_bad_request(String frame) {
        try (RawClient connection = gateway.client()) {
            connection.connectAs(Names.fresh("malformed"));
            connection.send(frame);
            assertThat(connection.awaitClose()).isEqualTo(new Close(3501, "bad request"));
        }
    }

    @Test
    void an_empty_frame_closes_as_a_bad_request() {
        try (SocketClient connection = gateway.socket()) {
            connection.connectAs(Names.fresh("malformed"));
            connection.send("");
            assertThat(connection.awaitClose().code()).isEqualTo(3501);
        }
    }

    @Test
    void unknown_fields_are_ignored() {
        String channel = Names.fresh("unknown");
        try (RawClient connection = gateway.client()) {
            connection.connect("{'data': {'client': '%s', 'more': [1]}, 'surprise': {'a': [null]}}", Names.fresh("m"));
            connection.command("subscribe", "{'channel': '%s', 'surprise': 1}", channel);
        }
    }

    @Test
    void a_message_may_come_in_fragments() {
        try (SocketClient connection = gateway.socket()) {
            byte[] text = Json.object("{'id': 1, 'connect': {'data': {'client': '%s'}}}", Names.fresh("fragments"))
                    .toString()
                    .getBytes(StandardCharsets.UTF_8);
            connection.frame(Frames.TEXT, java.util.Arrays.copyOfRange(text, 0, 10));
            connection.frame(Frames.CONTINUATION, java.util.Arrays.copyOfRange(text, 10, 11));
            connection.frame(Frames.FIN, java.util.Arrays.copyOfRange(text, 11, text.length));
            assertThat(connection
                            .await("reply", message -> message.path("id").asInt() == 1)
                            .has("connect"))
                    .isTrue();
        }
    }

    @Test
    void a_binary_frame_on_a_json_connection_ends_it() {
        try (SocketClient connection = gateway.socket()) {
            connection.frame(Frames.FIN | Frames.BINARY, new byte[] {1, 2, 3});
            assertThat(connection.awaitClose().code()).isEqualTo(3506);
        }
    }

    @Test
    void text_that_is_no_utf_8_ends_the_connection() {
        try (SocketClient connection = gateway.socket()) {
            connection.connectAs(Names.fresh("malformed"));
            connection.frame(Frames.FIN | Frames.TEXT, new byte[] {'{', '"', (byte) 0xC3, '"', '}'});
            assertThat(connection.awaitClose().code()).isIn(1007, 3501);
        }
    }

    /** But for an unknown opcode and a continuation of nothing: docs/security.md. */
    @Test
    void no_reason_of_a_close_names_a_class_or_a_message_of_the_container() {
        byte[] four = new byte[4 << 20];
        byte[] noUtf8 = {'{', (byte) 0xC3, (byte) 0x28};
        Map<String, Consumer<SocketClient>> faults = new LinkedHashMap<>();
        faults.put("text that is no UTF-8", client -> client.frame(0x81, noUtf8));
        faults.put("a text frame of 4 MiB", client -> client.frame(0x81, four));
        faults.put("a binary frame of 4 MiB", client -> client.frame(0x82, four));
        faults.put("binary to a JSON connection", client -> client.frame(0x82, noUtf8));
        faults.put("a close with a bad code", client -> client.frame(0x88, new byte[] {0, 1}));
        faults.put("a close with one byte", client -> client.frame(0x88, new byte[] {3}));
        faults.put("a reserved bit", client -> client.frame(0xC1, noUtf8));
        faults.put("a fragmented ping", client -> client.frame(0x09, noUtf8));
        faults.put("a long ping", client -> client.frame(0x89, new byte[200]));
        Map<String, Close> closes = new LinkedHashMap<>();
        faults.forEach((fault, does) -> {
            try (SocketClient client = gateway.socket(Wire.JSON)) {
                client.connectAs(Names.fresh("faulty"));
                try {
                    does.accept(client);
                } catch (UncheckedIOException e) {
                    // the server need not take it to the end
                }
                closes.put(fault, client.awaitClose());
            }
        });
        assertThat(closes.values())
                .as(closes::toString)
                .noneMatch(close -> close.reason().matches("(?s).*(CWW|SRVE|com\\.ibm|java\\.|Exception).*"));
    }

    @Test
    void deep_nesting_ends_the_connection_and_not_the_server() {
        try (RawClient connection = gateway.client()) {
            connection.connectAs(Names.fresh("malformed"));
            connection.send(
                    "{\"id\":5,\"rpc\":{\"method\":\"x\",\"data\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}}");
            assertThat(connection.awaitClose().code()).isEqualTo(3501);
        }
    }

    @Test
    void a_cut_line_and_a_half_closed_one_harm_nobody() {
        SocketClient cut = gateway.socket();
        cut.connectAs(Names.fresh("malformed"));
        cut.drop();
        try (SocketClient half = gateway.socket()) {
            half.connectAs(Names.fresh("malformed"));
            half.halfClose();
            half.awaitClose();
        }
    }

    @Test
    void bytes_that_are_no_frame_end_the_connection() {
        try (SocketClient connection = gateway.socket()) {
            connection.connectAs(Names.fresh("malformed"));
            connection.raw(new byte[] {(byte) 0xFF, (byte) 0xFF, 0, 0, 0, 0, 0, 0});
            connection.awaitClose();
        }
    }

    @Test
    void a_connection_that_never_connects_is_closed_as_stale() {
        try (RawClient connection = gateway.client()) {
            long start = System.nanoTime();
            Close close = connection.awaitClose(Duration.ofSeconds(14));
            assertThat(close.code()).isEqualTo(3502);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(8));
        }
    }

    @Test
    void a_node_that_is_alone_has_no_place_for_links_of_others() {
        URI links = gateway.websocket().resolve("/cluster/link");
        try (Handshake handshake = Handshake.open(links, "")) {
            assertThat(handshake.status()).isEqualTo(404);
        }
    }
}
