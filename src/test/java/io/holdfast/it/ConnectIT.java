package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.client.Close;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** How a connection begins. */
@ExtendWith(Gateway.class)
@ParameterizedClass
@EnumSource(Wire.class)
class ConnectIT {
    private final Wire wire;
    private final LibertyServer gateway;

    ConnectIT(Wire wire, LibertyServer gateway) {
        this.wire = wire;
        this.gateway = gateway;
    }

    @Test
    void the_reply_to_connect_names_the_connection_the_ping_and_the_outbox() {
        String client = Names.fresh("connect");
        try (RawClient connection = gateway.client(wire)) {
            JsonNode result = connection.connectAs(client);
            assertThat(result.path("client").asText()).isNotBlank();
            assertThat(result.path("version").asText()).isNotBlank();
            assertThat(result.path("ping").asInt()).isEqualTo(25);
            assertThat(result.path("pong").asBoolean()).isTrue();
            JsonNode outbox = result.path("subs").path("#" + client);
            assertThat(outbox.path("recoverable").asBoolean()).isTrue();
            assertThat(outbox.path("positioned").asBoolean()).isTrue();
            assertThat(outbox.path("epoch").asText()).isNotBlank();
            assertThat(outbox.path("publications").size()).isZero();
        }
    }

    @Test
    void connections_have_ids_of_their_own() {
        String client = Names.fresh("connect");
        try (RawClient one = gateway.client(wire);
                RawClient two = gateway.client(wire)) {
            assertThat(one.connectAs(client).path("client"))
                    .isNotEqualTo(two.connectAs(client).path("client"));
        }
    }

    @Test
    void a_client_that_wants_no_outbox_gets_none() {
        String client = Names.fresh("connect");
        try (RawClient connection = gateway.client(wire)) {
            JsonNode result = connection.connect("{'data': {'client': '%s', 'outbox': false}}", client);
            assertThat(result.path("subs").has("#" + client)).isFalse();
            gateway.api().sendNumbers(client, 1, 1);
            connection.silent("#" + client, Duration.ofMillis(500));
        }
    }

    @Test
    void commands_may_follow_connect_in_the_same_frame_and_are_answered_in_order() {
        String client = Names.fresh("connect");
        String channel = Names.fresh("pipelined");
        try (RawClient connection = gateway.client(wire)) {
            connection.send(Json.object("{'id': 1, 'connect': {'data': {'client': '%s'}}}", client) + "\n"
                    + Json.object("{'id': 2, 'subscribe': {'channel': '%s'}}", channel) + "\n"
                    + Json.object("{'id': 3, 'publish': {'channel': '%s', 'data': {'n': 7}}}", channel));
            JsonNode first = connection.await("a reply", message -> message.has("id"));
            JsonNode second = connection.await("a reply", message -> message.has("id"));
            assertThat(first.has("connect")).as("%s", first).isTrue();
            assertThat(second.has("subscribe")).as("%s", second).isTrue();
            assertThat(connection.publication(channel).n()).isEqualTo(7);
        }
    }

    @Test
    void after_a_failed_connect_the_connection_is_of_no_use() {
        try (RawClient connection = gateway.client(wire)) {
            connection.send("{\"id\":1,\"connect\":{\"data\":{\"client\":\"\",\"acks\":\"sometimes\"}}}\n"
                    + "{\"id\":2,\"subscribe\":{\"channel\":\"never\"}}");
            assertThat(connection.awaitClose().code()).isGreaterThanOrEqualTo(3500);
        }
    }

    @Test
    void a_second_connect_is_an_error_and_harms_nothing_published_before() {
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(Names.fresh("connect"));
            connection.send("{\"id\":99,\"connect\":{\"data\":{\"client\":\"other\"}}}");
            assertThat(connection.awaitClose().code()).isEqualTo(3501);
        }
    }

    @Test
    void the_newer_connection_of_a_named_device_replaces_the_older() {
        String client = Names.fresh("connect");
        try (RawClient older = gateway.client(wire);
                RawClient newer = gateway.client(wire)) {
            older.connect("{'data': {'client': '%s', 'device': 'till-3'}}", client);
            newer.connect("{'data': {'client': '%s', 'device': 'till-3'}}", client);
            assertThat(older.awaitClose()).isEqualTo(new Close(4500, "replaced"));
            gateway.api().sendNumbers(client, 1, 1);
            assertThat(newer.publication("#" + client).n()).isEqualTo(1);
        }
    }

    @Test
    void the_unnamed_device_may_have_many_connections_and_each_gets_everything() {
        String client = Names.fresh("connect");
        try (RawClient one = gateway.client(wire);
                RawClient two = gateway.client(wire)) {
            one.connectAs(client);
            two.connectAs(client);
            gateway.api().sendNumbers(client, 1, 3);
            assertThat(one.publications("#" + client, 3)).extracting(Pub::n).containsExactly(1, 2, 3);
            assertThat(two.publications("#" + client, 3)).extracting(Pub::n).containsExactly(1, 2, 3);
        }
    }

    @Test
    void a_command_ping_is_answered() {
        try (RawClient connection = gateway.client(wire)) {
            connection.connectAs(Names.fresh("connect"));
            assertThat(connection.ask("ping", "{}").has("error")).isFalse();
        }
    }
}
