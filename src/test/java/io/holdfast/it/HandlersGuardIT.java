package io.holdfast.it;

import static io.holdfast.it.HandlersShop.error;
import static io.holdfast.it.HandlersShop.rpc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Handlers with annotations of MicroProfile Fault Tolerance and Metrics, at the class and at the method. */
@ExtendWith(HandlersShop.Shared.class)
class HandlersGuardIT {
    private final HandlersShop shop;
    private final LibertyServer server;

    HandlersGuardIT(HandlersShop shop) {
        this.shop = shop;
        this.server = shop.server();
    }

    private RawClient connected() {
        return shop.connected(Wire.JSON, Names.fresh("ada"));
    }

    private static String article(String name) {
        return "{'name': '" + name + "'}";
    }

    private static int asked(RawClient connection, String article) {
        return rpc(connection, "asked", article(article)).asInt();
    }

    /** The client gets a temporary error without a word of the cause, and the log has its id and the cause. */
    private void assertInternal(JsonNode error, String cause) {
        assertThat(error.path("code").asInt()).as(error.toString()).isEqualTo(100);
        assertThat(error.path("temporary").asBoolean()).isTrue();
        String message = error.path("message").asText();
        assertThat(message).matches("internal server error, id [0-9a-f]{8}");
        String id = message.substring(message.length() - 8);
        await().untilAsserted(() -> assertThat(server.log()).containsPattern("error id " + id + "\\s[^\\n]*" + cause));
    }

    @Test
    void a_full_bulkhead_of_a_method_refuses_at_once_and_delays_nobody_else() {
        String slow = Names.fresh("slow");
        List<RawClient> waiting =
                IntStream.range(0, 2).mapToObj(i -> connected()).toList();
        try (RawClient other = connected()) {
            waiting.forEach(client ->
                    client.send("{\"id\":900,\"rpc\":{\"method\":\"reserve\",\"data\":{\"name\":\"" + slow + "\"}}}"));
            await().until(() -> asked(other, slow) == 2);
            assertInternal(error(other, "reserve", article(slow)), "BulkheadException");
            assertThat(asked(other, slow)).isEqualTo(2);
            assertThat(rpc(other, "stock", article("shoes")).asInt()).isEqualTo(7);
            rpc(other, "open", article(slow));
            for (RawClient client : waiting) {
                assertThat(client.await("its reply", reply -> reply.path("id").asInt() == 900)
                                .at("/rpc/data")
                                .asInt())
                        .isEqualTo(7);
            }
            assertThat(rpc(other, "reserve", article("shoes")).asInt()).isEqualTo(7);
        } finally {
            waiting.forEach(RawClient::close);
        }
    }

    /** The breaker of the class is one for each method. */
    @Test
    void the_breaker_of_a_class_opens_by_failures_but_not_by_refusals_and_closes_again() {
        String shoes = Names.fresh("shoes");
        try (RawClient connection = connected()) {
            for (int i = 0; i < 8; i++) {
                assertThat(error(connection, "stock", article("unknown"))
                                .path("code")
                                .asInt())
                        .isEqualTo(404);
                assertThat(error(connection, "stock", article(" "))
                                .path("message")
                                .asText())
                        .isEqualTo("bad request: data.name");
            }
            assertThat(rpc(connection, "stock", article(shoes)).asInt())
                    .as("not opened by them")
                    .isEqualTo(7);

            String broken = Names.fresh("broken");
            assertInternal(error(connection, "stock", article(broken)), "the secret of the warehouse");
            assertThat(asked(connection, broken)).as("with two retries").isEqualTo(3);
            error(connection, "stock", article(broken));
            int before = asked(connection, broken);
            assertInternal(error(connection, "stock", article(broken)), "CircuitBreakerOpenException");
            assertThat(asked(connection, broken)).isEqualTo(before);
            assertInternal(error(connection, "stock", article(shoes)), "CircuitBreakerOpenException");
            assertThat(asked(connection, shoes)).isEqualTo(1);
            assertThat(rpc(connection, "reserve", article(shoes)).asInt())
                    .as("another method")
                    .isEqualTo(7);
            await().untilAsserted(() -> assertThat(connection
                            .ask("rpc", "{'method': 'stock', 'data': {'name': '%s'}}", shoes)
                            .has("rpc"))
                    .isTrue());
        }
    }

    @Test
    void the_time_limit_of_a_class_holds_where_the_method_has_none() {
        String slow = Names.fresh("slow");
        try (RawClient connection = connected()) {
            long begin = System.nanoTime();
            assertInternal(error(connection, "stock", article(slow)), "TimeoutException");
            assertThat((System.nanoTime() - begin) / 1_000_000).isBetween(450L, 4_000L);
            assertThat(asked(connection, slow)).as("not repeated").isEqualTo(1);
        }
    }

    @Test
    void a_retry_repeats_within_the_call_and_within_its_transaction() {
        try (RawClient connection = connected()) {
            String flaky = Names.fresh("flaky");
            assertThat(rpc(connection, "stock", article(flaky)).asInt()).isEqualTo(7);
            assertThat(asked(connection, flaky)).isEqualTo(3);
            assertThat(rpc(connection, "transactions", "1").toString())
                    .as("attempts, and transactions of them")
                    .isEqualTo("[3,1]");
        }
    }

    @Test
    void metrics_of_annotations_appear() {
        try (RawClient connection = connected()) {
            rpc(connection, "stock", article("shoes"));
            await().untilAsserted(() -> assertThat(server.api().get("/metrics").body())
                    .containsPattern("shop_stock_calls_total\\{[^}]*} [1-9]")
                    .containsPattern("shop_stock_time_seconds_count\\{[^}]*} [1-9]")
                    .containsPattern("ft_invocations_total\\{[^}]*Supplier\\.stock[^}]*} [1-9]"));
        }
    }
}
