package io.holdfast.it;

import static io.holdfast.it.HandlersShop.error;
import static io.holdfast.it.HandlersShop.rpc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.it.faults.InSession;
import io.holdfast.it.faults.SecondEcho;
import io.holdfast.it.faults.Unbindable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An application whose beans answer clients, on a server configured as docs/handlers.md says. */
@ExtendWith(HandlersShop.Shared.class)
class HandlersIT {
    private static final int HANGING = 200;
    private static final int SAMPLES = 400;

    private final HandlersShop shop;
    private final LibertyServer server;

    HandlersIT(HandlersShop shop) {
        this.shop = shop;
        this.server = shop.server();
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void a_chat_is_decided_by_beans(Wire wire) {
        String room = "chat:" + Names.fresh("room");
        String ada = Names.fresh("ada");
        try (RawClient writer = shop.connected(wire, ada);
                RawClient reader = shop.connected(wire, Names.fresh("bob"))) {
            for (RawClient each : List.of(writer, reader)) {
                JsonNode subscribed = each.command("subscribe", "{'channel': '%s'}", room);
                assertThat(subscribed.path("data").path("text").asText()).startsWith("Welcome, ");
            }
            writer.command("publish", "{'channel': '%s', 'data': {'text': '  hello  ', 'from': 'somebody'}}", room);
            JsonNode heard = reader.publication(room).data();
            assertThat(heard.path("from").asText()).isEqualTo(ada);
            assertThat(heard.path("text").asText()).isEqualTo("hello");
            JsonNode refused = writer.ask("publish", "{'channel': '%s', 'data': {'text': ' '}}", room)
                    .path("error");
            assertThat(refused.path("code").asInt()).isEqualTo(107);
            assertThat(refused.path("message").asText()).isEqualTo("bad request: data.text");
            JsonNode denied =
                    writer.ask("subscribe", "{'channel': 'chat:staff'}").path("error");
            assertThat(denied.path("code").asInt()).isEqualTo(103);
            assertThat(denied.path("message").asText()).isEqualTo("for staff only");
        }
        try (RawClient staff = shop.connected(wire, Names.fresh("eve"), "staff")) {
            staff.command("subscribe", "{'channel': 'chat:staff'}");
        }
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void an_order_of_a_browser_and_its_message_are_one_transaction(Wire wire) {
        String buyer = Names.fresh("buyer");
        String order = Names.fresh("order");
        String wanted = "{'order': '" + order + "', 'items': [{'article': 'shoes', 'pieces': %d}]}";
        try (RawClient connection = shop.connected(wire, buyer, "buyer", "other")) {
            assertThat(error(connection, "confirm-order", wanted.formatted(500))
                            .path("code")
                            .asInt())
                    .isEqualTo(460);
            assertThat(error(connection, "order", wanted.formatted(1))
                            .path("code")
                            .asInt())
                    .as("rolled back")
                    .isEqualTo(404);
            assertThat(rpc(connection, "confirm-order", wanted.formatted(2)).toString())
                    .isEqualTo("{\"order\":\"" + order + "\",\"pieces\":2}");
            assertThat(connection
                            .publication("#" + buyer)
                            .data()
                            .path("confirmed")
                            .asText())
                    .isEqualTo(order);
            assertThat(rpc(connection, "order", wanted.formatted(1))
                            .path("pieces")
                            .asInt())
                    .isEqualTo(2);
            assertThat(error(connection, "confirm-order", wanted.formatted(2))
                            .path("code")
                            .asInt())
                    .as("the key of the table")
                    .isEqualTo(100);
            assertThat(error(connection, "confirm-order", wanted.formatted(-2))
                            .path("message")
                            .asText())
                    .isEqualTo("bad request: data.items[0].pieces");
            assertThat(error(connection, "confirm-order", "{'order': 'A B'}")
                            .path("message")
                            .asText())
                    .isEqualTo("bad request: data.order");
            assertThat(error(connection, "confirm-order", "null")
                            .path("message")
                            .asText())
                    .isEqualTo("bad request: data");
            assertThat(error(connection, "confirm-order", "[5]").path("message").asText())
                    .isEqualTo("bad request: data");
            connection.silent("#" + buyer, Duration.ofMillis(500));
        }
        try (RawClient visitor = shop.connected(wire, Names.fresh("visitor"), "clerk")) {
            assertThat(error(visitor, "confirm-order", wanted.formatted(2))
                            .path("code")
                            .asInt())
                    .isEqualTo(103);
            assertThat(error(visitor, "denied", "1").path("code").asInt()).isEqualTo(103);
        }
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void the_caller_is_who_the_server_knows(Wire wire) {
        String client = Names.fresh("ada");
        try (RawClient connection = shop.connected(wire, client, "staff", "buyer")) {
            JsonNode who = rpc(connection, "who", "{}");
            assertThat(who.path("client").asText()).isEqualTo(client);
            assertThat(who.path("address").asText()).isEqualTo("127.0.0.1");
            assertThat(who.path("roles")).extracting(JsonNode::asText).containsExactlyInAnyOrder("staff", "buyer");
            assertThat(who.path("shop").asText()).isEqualTo("Graz");
            assertThat(who.path("hidden").asText()).isEqualTo("null");
            assertThat(who.path("tier").asText()).isEqualTo("gold");
            assertThat(error(connection, "nobody-answers", "1").path("code").asInt())
                    .isEqualTo(108);
            assertThat(rpc(connection, "echo", "{'n': 1.5, 'a': [null, true]}").toString())
                    .isEqualTo("{\"n\":1.5,\"a\":[null,true]}");
        }
    }

    @ParameterizedTest
    @EnumSource(Wire.class)
    void connect_and_refresh_are_decided(Wire wire) {
        String card = Names.fresh("c");
        try (RawClient connection = shop.open(wire)) {
            JsonNode connect = connection.connect("{'data': {'card': '%s'}}", card);
            assertThat(connect.path("data").path("shop").asText()).isEqualTo("Graz");
            assertThat(connect.path("subs").has("offers")).isTrue();
            assertThat(connect.path("subs").has("#card-" + card)).isTrue();
            JsonNode who = rpc(connection, "who", "{}");
            assertThat(who.path("client").asText()).isEqualTo("card-" + card);
            assertThat(who.path("device").asText()).isEqualTo("till");
        }
        try (RawClient connection = shop.open(wire)) {
            assertThat(connection.refused("connect", "{'data': {'refused': true}}"))
                    .isEqualTo(470);
        }
        try (RawClient connection = shop.open(wire)) {
            assertThat(connection.refused("connect", "{}")).isEqualTo(101);
        }
        String client = Names.fresh("ada");
        try (RawClient connection = shop.connected(wire, client)) {
            JsonNode refreshed = connection.command("refresh", "{'token': '%s'}", HandlersShop.token(client));
            assertThat(refreshed.path("ttl").asInt()).isBetween(75, 77);
        }
    }

    @Test
    void what_clients_send_arrives_in_order() {
        String mark = Names.fresh("mark");
        List<String> expected =
                IntStream.range(0, 10).mapToObj(i -> '"' + mark + '.' + i + '"').toList();
        try (RawClient connection = shop.connected(Wire.JSON, Names.fresh("ada"))) {
            expected.forEach(json -> connection.send("{\"send\":{\"data\":" + json + "}}"));
            rpc(connection, "note", "0");
            List<String> notes = new ArrayList<>(HandlersShop.notes("handlers"));
            notes.removeIf(note -> !note.contains(mark + '.'));
            assertThat(notes).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void interceptors_of_the_platform_work() {
        try (RawClient connection = shop.connected(Wire.JSON, Names.fresh("ada"))) {
            assertThat(rpc(connection, "retried", "1").asInt()).isEqualTo(3);
            assertThat(rpc(connection, "asynchronous", "1").asText()).isEqualTo("later");
            assertThat(error(connection, "limited", "1").path("code").asInt()).isEqualTo(100);
            rpc(connection, "counted", "1");
            assertThat(server.api().get("/metrics").body()).contains("shop_handler_calls_total{");
            assertThat(rpc(connection, "lookup", "1").asBoolean()).isTrue();
        }
    }

    @Test
    void what_goes_wrong_is_found_in_the_log_by_its_id_and_not_by_the_client() {
        try (RawClient connection = shop.connected(Wire.JSON, Names.fresh("ada"))) {
            JsonNode error = error(connection, "fails", "1");
            assertThat(error.path("code").asInt()).isEqualTo(100);
            assertThat(error.path("temporary").asBoolean()).isTrue();
            String message = error.path("message").asText();
            assertThat(message).matches("internal server error, id [0-9a-f]{8}").doesNotContain("secret");
            server.awaitLog(message.substring(message.length() - 8));
            server.awaitLog("the secret of the shop");
        }
    }

    @Test
    void many_calls_that_hang_delay_nobody_and_end_at_the_time_limit() {
        List<RawClient> hanging = new ArrayList<>();
        String room = "chat:" + Names.fresh("room");
        try (RawClient other = shop.connected(Wire.JSON, Names.fresh("other"));
                RawClient reader = shop.connected(Wire.JSON, Names.fresh("reader"))) {
            other.command("subscribe", "{'channel': '%s'}", room);
            reader.command("subscribe", "{'channel': '%s'}", room);
            for (int i = 0; i < HANGING; i++) {
                hanging.add(shop.connected(Wire.JSON, "slow-" + i));
            }
            int ofOthers = rpc(other, "hanging", "1").asInt(); // of a connection that has gone, one after the other
            sample(other, reader, room); // warm
            double before = sample(other, reader, room);
            for (RawClient slow : hanging) {
                slow.send(
                        "{\"id\":1000,\"rpc\":{\"method\":\"hang\",\"data\":1}}\n{\"id\":1001,\"rpc\":{\"method\":\"echo\",\"data\":7}}");
            }
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(
                            () -> assertThat(rpc(other, "hanging", "1").asInt()).isGreaterThanOrEqualTo(HANGING));
            double during = sample(other, reader, room);
            int stillHanging = rpc(other, "hanging", "1").asInt();
            System.out.printf(
                    "HandlersIT: p99 of call and delivery %.1f ms, beside %d hanging calls %.1f ms: %.2f times%n",
                    before, stillHanging, during, during / before);
            assertThat(stillHanging).as("measured while they hung").isGreaterThanOrEqualTo(HANGING);
            assertThat(during).isLessThan(Math.max(200, 10 * before));
            for (RawClient slow : hanging) {
                JsonNode late =
                        slow.await("its error", reply -> reply.path("id").asInt() == 1000, Duration.ofSeconds(30));
                assertThat(late.path("error").path("code").asInt()).isEqualTo(100);
                assertThat(late.path("error").path("temporary").asBoolean()).isTrue();
                assertThat(slow.await("the next call", reply -> reply.path("id").asInt() == 1001)
                                .path("rpc")
                                .path("data")
                                .asInt())
                        .isEqualTo(7);
            }
            assertThat(rpc(other, "interrupted", "1").asInt()).isGreaterThanOrEqualTo(HANGING);
            assertThat(rpc(other, "hanging", "1").asInt()).isLessThanOrEqualTo(ofOthers);
            await().untilAsserted(() -> assertThat(server.api().get("/metrics").body())
                    .containsPattern("holdfast_handlers_timeouts_total\\{[^}]*} 2\\d\\d\\.0"));
        } finally {
            hanging.forEach(RawClient::close);
        }
    }

    /** Calls, pings and deliveries. @return the 99th percentile in milliseconds of how long such a round takes */
    private static double sample(RawClient writer, RawClient reader, String room) {
        long[] nanos = new long[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            long begin = System.nanoTime();
            rpc(writer, "echo", "1");
            writer.command("publish", "{'channel': '%s', 'data': {'text': 'x'}}", room);
            reader.publication(room);
            nanos[i] = System.nanoTime() - begin;
        }
        Arrays.sort(nanos);
        return nanos[SAMPLES * 99 / 100 - 1] / 1e6;
    }

    @Test
    void more_calls_than_may_wait_are_refused_with_111() {
        try (RawClient connection = shop.connected(Wire.JSON, Names.fresh("ada"))) {
            for (int i = 0; i < 18; i++) {
                connection.send("{\"id\":" + (100 + i) + ",\"rpc\":{\"method\":\"hang\",\"data\":1}}");
            }
            JsonNode refused = connection.await(
                    "a refusal", reply -> reply.path("error").path("code").asInt() == 111);
            assertThat(refused.path("id").asInt()).isEqualTo(117);
            connection.command("ping", "{}");
        }
    }

    @Test
    @Tag("slow")
    void a_mistake_stops_the_start_with_class_and_method() throws Exception {
        try (LibertyServer wrong = HandlersShop.prepare(
                "handlers-wrong",
                Map.of(),
                war -> war.addClasses(SecondEcho.class, InSession.class, Unbindable.class))) {
            wrong.launch();
            wrong.awaitLog("io.holdfast.it.faults.SecondEcho.again()");
            wrong.awaitLog("both answer rpc \"echo\"");
            wrong.awaitLog("io.holdfast.it.faults.InSession.cart() is in a bean of the scope SessionScoped");
            wrong.awaitLog("io.holdfast.it.faults.Unbindable.upload() has a parameter of the type java.io.InputStream");
            wrong.awaitAnswer("/shop/holdfast.js", 404);
        }
        try (LibertyServer unknown =
                HandlersShop.prepare("handlers-unknown", Map.of("holdfast.namespaces", "desk"), war -> {})) {
            unknown.launch();
            unknown.awaitLog("com.example.shop.Chat.");
            unknown.awaitLog("which does not exist. List it in holdfast.namespaces");
        }
    }

    @Test
    void the_code_in_the_document_is_the_code_of_this_test() throws IOException {
        StringBuilder code = new StringBuilder();
        for (String name : List.of("Chat", "Confirmations", "Supplier")) {
            code.append(Files.readString(Path.of("src/test/java/com/example/shop/" + name + ".java")));
        }
        assertThat(code.toString()).contains(Documents.snippets(HandlersShop.DOCUMENT, "java"));
        assertThat(Documents.snippets(HandlersShop.DOCUMENT, "js"))
                .containsExactly(Files.readString(HandlersShop.PAGES.resolve("shop.js")));
    }
}
