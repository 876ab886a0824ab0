package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Confirmation, by answered pings and by acks, and the cursors of devices. */
@ExtendWith(Gateway.class)
@ParameterizedClass
@EnumSource(Wire.class)
class ConfirmationIT {
    private static final String EXPLICIT = "{'data': {'client': '%s', 'device': '%s', 'acks': 'explicit'}}";

    private final Wire wire;
    private final LibertyServer gateway;
    private final String client = Names.fresh("confirm");
    private final String outbox = "#" + client;

    ConfirmationIT(Wire wire, LibertyServer gateway) {
        this.wire = wire;
        this.gateway = gateway;
    }

    private void acknowledged(int n) {
        await().until(() -> gateway.api().state(client, client + "-" + n).equals("acknowledged"));
    }

    private String state(int n) {
        return gateway.api().state(client, client + "-" + n);
    }

    private static String epoch(JsonNode connected, String outbox) {
        return connected.path("subs").path(outbox).path("epoch").asText();
    }

    @Test
    void a_message_is_queued_then_sent_then_acknowledged() {
        gateway.api().sendNumbers(client, 1, 1);
        assertThat(state(1)).isEqualTo("queued");
        try (RawClient connection = gateway.client(wire)) {
            connection.ignorePings();
            connection.connectAs(client);
            connection.publication(outbox);
            await().until(() -> state(1).equals("sent"));
            await().until(() -> connection.pings() > 0);
            connection.send("{}");
            acknowledged(1);
        }
    }

    @Test
    void an_answered_ping_confirms_nothing_in_explicit_mode() {
        try (SocketClient connection = gateway.socket(wire)) {
            connection.connect(EXPLICIT, client, "d1");
            gateway.api().sendNumbers(client, 1, 3);
            connection.publications(outbox, 3);
            connection.command("ping", "{}");
            await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
            assertThat(state(1)).isEqualTo("sent");
            connection.drop();
        }
        try (RawClient again = gateway.client(wire)) {
            again.connect(EXPLICIT, client, "d1");
            assertThat(again.publications(outbox, 3)).extracting(Pub::n).containsExactly(1, 2, 3);
        }
    }

    @Test
    void an_ack_by_rpc_confirms_everything_up_to_it_and_is_answered() {
        try (SocketClient connection = gateway.socket(wire)) {
            String epoch = epoch(connection.connect(EXPLICIT, client, "d1"), outbox);
            gateway.api().sendNumbers(client, 1, 5);
            long third = connection.publications(outbox, 5).get(2).offset();
            JsonNode reply = connection.command("rpc", ack(), outbox, epoch, third);
            assertThat(reply.path("data").path("acked").asLong()).isEqualTo(third);
            acknowledged(3);
            assertThat(state(4)).isEqualTo("sent");
            connection.drop();
        }
        try (RawClient again = gateway.client(wire)) {
            again.connect(EXPLICIT, client, "d1");
            assertThat(again.publications(outbox, 2)).extracting(Pub::n).containsExactly(4, 5);
        }
    }

    private static String ack() {
        return "{'method': 'ack', 'data': {'channel': '%s', 'epoch': '%s', 'offset': %d}}";
    }

    @Test
    void after_an_orderly_end_the_oldest_unconfirmed_message_is_sent_alone_at_first() {
        try (RawClient connection = gateway.client(wire)) {
            connection.connect(EXPLICIT, client, "d1");
            gateway.api().sendNumbers(client, 1, 3);
            connection.publications(outbox, 3);
        }
        try (RawClient again = gateway.client(wire)) {
            again.ignorePings();
            again.connect(EXPLICIT, client, "d1");
            assertThat(again.publication(outbox).n()).isEqualTo(1);
            again.silent(outbox, Duration.ofMillis(500));
            await().until(() -> again.pings() > 0);
            again.send("{}");
            assertThat(again.publications(outbox, 2)).extracting(Pub::n).containsExactly(2, 3);
        }
    }

    @Test
    void an_ack_by_send_confirms_without_an_answer() {
        try (RawClient connection = gateway.client(wire)) {
            String epoch = epoch(connection.connect(EXPLICIT, client, "d1"), outbox);
            gateway.api().sendNumbers(client, 1, 2);
            long second = connection.publications(outbox, 2).get(1).offset();
            connection.send(Json.object(
                            "{'send': {'data': {'ack': {'channel': '%s', 'epoch': '%s', 'offset': %d}}}}",
                            outbox, epoch, second)
                    .toString());
            acknowledged(2);
        }
    }

    @Test
    void an_ack_of_another_epoch_or_above_what_was_written_moves_nothing() {
        try (RawClient connection = gateway.client(wire)) {
            String epoch = epoch(connection.connect(EXPLICIT, client, "d1"), outbox);
            gateway.api().sendNumbers(client, 1, 2);
            long second = connection.publications(outbox, 2).get(1).offset();
            assertThat(connection.refused("rpc", ack(), outbox, "other", second))
                    .isEqualTo(107);
            assertThat(connection.refused("rpc", ack(), outbox, epoch, second + 1))
                    .isEqualTo(107);
            assertThat(connection.refused("rpc", ack(), "#somebody", epoch, second))
                    .isIn(103, 107);
            assertThat(state(1)).isEqualTo("sent");
        }
    }

    @Test
    void a_lower_ack_changes_nothing() {
        try (RawClient connection = gateway.client(wire)) {
            String epoch = epoch(connection.connect(EXPLICIT, client, "d1"), outbox);
            gateway.api().sendNumbers(client, 1, 3);
            long third = connection.publications(outbox, 3).get(2).offset();
            connection.command("rpc", ack(), outbox, epoch, third);
            JsonNode lower = connection.command("rpc", ack(), outbox, epoch, third - 2);
            assertThat(lower.path("data").path("acked").asLong()).isEqualTo(third);
        }
        try (RawClient again = gateway.client(wire)) {
            again.connect(EXPLICIT, client, "d1");
            again.silent(outbox, Duration.ofMillis(400));
        }
    }

    @Test
    void an_ack_may_come_on_a_later_connection() {
        String epoch;
        long third;
        try (RawClient connection = gateway.client(wire)) {
            epoch = epoch(connection.connect(EXPLICIT, client, "d1"), outbox);
            gateway.api().sendNumbers(client, 1, 3);
            third = connection.publications(outbox, 3).get(2).offset();
        }
        try (RawClient later = gateway.client(wire)) {
            later.connect(EXPLICIT, client, "d1");
            later.command("rpc", ack(), outbox, epoch, third);
            acknowledged(3);
        }
    }

    @Test
    void devices_have_cursors_of_their_own_while_both_are_there() {
        try (RawClient phone = gateway.client(wire);
                RawClient till = gateway.client(wire);
                RawClient newPhone = gateway.client(wire);
                RawClient newTill = gateway.client(wire)) {
            String epoch = epoch(phone.connect(EXPLICIT, client, "phone"), outbox);
            till.connect(EXPLICIT, client, "till");
            gateway.api().sendNumbers(client, 1, 4);
            long fourth = phone.publications(outbox, 4).get(3).offset();
            till.publications(outbox, 4);
            phone.command("rpc", ack(), outbox, epoch, fourth);
            acknowledged(4);
            newTill.connect(EXPLICIT, client, "till");
            newPhone.connect(EXPLICIT, client, "phone");
            assertThat(newTill.publications(outbox, 4)).extracting(Pub::n).containsExactly(1, 2, 3, 4);
            newPhone.silent(outbox, Duration.ofMillis(300));
        }
    }

    @Test
    void a_device_that_is_away_does_not_hold_back_what_another_has_confirmed() {
        try (SocketClient till = gateway.socket(wire)) {
            till.connect(EXPLICIT, client, "till");
            till.drop();
        }
        try (RawClient phone = gateway.client(wire);
                RawClient till = gateway.client(wire)) {
            String epoch = epoch(phone.connect(EXPLICIT, client, "phone"), outbox);
            gateway.api().sendNumbers(client, 1, 4);
            long second = phone.publications(outbox, 4).get(1).offset();
            phone.command("rpc", ack(), outbox, epoch, second);
            acknowledged(2);
            till.connect(EXPLICIT, client, "till");
            List<Pub> pubs = till.publications(outbox, 2);
            // What the phone has confirmed may be gone; what it has not must come.
            if (pubs.get(0).n() == 1) {
                pubs = till.publications(outbox, 2);
            }
            assertThat(pubs).extracting(Pub::n).containsExactly(3, 4);
        }
    }

    @Test
    void a_new_device_starts_after_what_another_has_confirmed() {
        try (RawClient phone = gateway.client(wire)) {
            phone.connect("{'data': {'client': '%s', 'device': 'phone'}}", client);
            gateway.api().sendNumbers(client, 1, 3);
            phone.publications(outbox, 3);
            acknowledged(3);
        }
        gateway.api().sendNumbers(client, 4, 5);
        try (RawClient tablet = gateway.client(wire)) {
            tablet.connect("{'data': {'client': '%s', 'device': 'tablet'}}", client);
            assertThat(tablet.publications(outbox, 2)).extracting(Pub::n).containsExactly(4, 5);
        }
    }

    @Test
    void a_presented_position_confirms_what_lies_below_it() {
        long second;
        String epoch;
        try (SocketClient first = gateway.socket(wire)) {
            first.ignorePings();
            epoch = epoch(first.connectAs(client), outbox);
            gateway.api().sendNumbers(client, 1, 3);
            second = first.publications(outbox, 3).get(1).offset();
            first.drop();
        }
        try (RawClient second2 = gateway.client(wire)) {
            second2.ignorePings();
            second2.connect(OutboxIT.RETURN, client, client, epoch, second);
            assertThat(second2.publication(outbox).n()).isEqualTo(3);
            acknowledged(2);
            assertThat(state(3)).isEqualTo("sent");
        }
    }

    @Test
    void a_client_that_answers_no_ping_is_closed_and_its_messages_stay() {
        try (RawClient connection = gateway.client(wire)) {
            connection.ignorePings();
            connection.connectAs(client);
            gateway.api().sendNumbers(client, 1, 1);
            connection.publication(outbox);
            assertThat(connection.awaitClose(Duration.ofSeconds(20)).code()).isEqualTo(3012);
        }
        try (RawClient again = gateway.client(wire)) {
            again.connectAs(client);
            assertThat(again.publication(outbox).n()).isEqualTo(1);
        }
    }
}
