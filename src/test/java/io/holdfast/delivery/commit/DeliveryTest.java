package io.holdfast.delivery.commit;

import static io.holdfast.delivery.commit.Gateway.get;
import static io.holdfast.delivery.commit.Gateway.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.MessageState;
import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Position;
import io.holdfast.stream.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeliveryTest {
    private final Gateway gateway = new Gateway();

    @AfterEach
    void close() {
        gateway.close();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void a_connected_client_gets_what_is_sent_and_its_pong_confirms_it() throws Exception {
        Gateway.Client client = gateway.connect();
        client.open("u1");
        Receipt receipt = gateway.send("u1", "hello");

        until(() -> client.offsets("#u1").equals(List.of(1L)));
        gateway.clock.advance(Duration.ofSeconds(1));
        until(() -> gateway.manager.message("u1", receipt.id()).orElseThrow().state() == MessageState.ACKNOWLEDGED);
        until(() -> gateway.manager.stats().messages().acknowledged() == 1);
    }

    @Test
    void nothing_is_pushed_before_the_connect_reply() throws Exception {
        gateway.send("u1", "early");
        Gateway.Client client = gateway.connect();
        client.open("u1");

        until(() -> client.lines().size() == 2);
        assertThat(client.lines()).containsExactly("connected", "#u1 1 early");
    }

    @Test
    void a_message_sent_while_the_client_is_away_waits_as_queued() throws Exception {
        Receipt receipt = gateway.send("u1", "hello");

        assertThat(gateway.manager.message("u1", receipt.id()).orElseThrow().state())
                .isEqualTo(MessageState.QUEUED);
    }

    @Test
    void a_client_that_presents_its_position_continues_from_there() throws Exception {
        for (int i = 0; i < 10; i++) {
            gateway.send("u1", "m" + i);
        }
        String epoch = gateway.engine.info("#u1").top().epoch();
        Gateway.Client client = gateway.connect();
        var opened = client.open("u1", null, false, new Position(epoch, 4));

        assertThat(opened.recovered()).isTrue();
        assertThat(opened.position().offset()).isEqualTo(4);
        until(() -> client.offsets("#u1").equals(range(5, 10)));
    }

    @Test
    void a_fresh_instance_continues_from_the_cursor_of_its_device() throws Exception {
        Gateway.Client first = gateway.connect();
        first.open("u1", "till", false, null);
        for (int i = 0; i < 5; i++) {
            gateway.send("u1", "m" + i);
        }
        until(() -> first.offsets("#u1").size() == 5);
        gateway.clock.advance(Duration.ofSeconds(1));
        until(() -> gateway.manager.stats().messages().acknowledged() == 5);
        first.leave();
        gateway.send("u1", "m5");

        Gateway.Client second = gateway.connect();
        var opened = second.open("u1", "till", false, null);

        assertThat(opened.position().offset()).isEqualTo(5);
        until(() -> second.offsets("#u1").equals(List.of(6L)));
    }

    @Test
    void a_position_of_another_epoch_is_told_and_gets_all_that_is_left() throws Exception {
        for (int i = 0; i < 3; i++) {
            gateway.send("u1", "m" + i);
        }
        Gateway.Client client = gateway.connect();
        var opened = client.open("u1", null, false, new Position("elsewhere", 2));

        assertThat(opened.recovered()).isFalse();
        until(() -> client.offsets("#u1").equals(range(1, 3)));
    }

    @Test
    void what_was_dropped_is_told_and_the_rest_is_delivered() throws Exception {
        gateway.retain(10);
        for (int i = 0; i < 25; i++) {
            gateway.send("u1", "m" + i);
        }
        String epoch = gateway.engine.info("#u1").top().epoch();
        Gateway.Client client = gateway.connect();
        var opened = client.open("u1", null, false, new Position(epoch, 3));

        assertThat(opened.recovered()).isFalse();
        assertThat(opened.position().offset()).isEqualTo(15);
        until(() -> client.offsets("#u1").equals(range(16, 25)));
    }

    @Test
    void with_explicit_acks_a_pong_moves_nothing_and_an_ack_does() throws Exception {
        Gateway.Client client = gateway.connect();
        client.open("u1", "d", true, null);
        Receipt receipt = gateway.send("u1", "hello");
        until(() -> client.offsets("#u1").size() == 1);
        gateway.clock.advance(Duration.ofSeconds(30));
        until(() -> client.pings() == 1);
        gateway.clock.advance(Duration.ofSeconds(30));
        until(() -> client.pings() == 2);
        assertThat(gateway.manager.stats().messages().acknowledged()).isZero();

        assertThat(gateway.manager.acknowledge("u1", "d", receipt.position())).hasValue(1);
        until(() -> gateway.manager.stats().messages().acknowledged() == 1);
    }

    @Test
    void an_ack_above_what_was_written_or_of_another_epoch_moves_nothing() throws Exception {
        Gateway.Client client = gateway.connect();
        client.open("u1", "d", true, null);
        Position position = gateway.send("u1", "hello").position();
        until(() -> client.offsets("#u1").size() == 1);

        assertThat(gateway.manager.acknowledge("u1", "d", new Position(position.epoch(), 2)))
                .isEmpty();
        assertThat(gateway.manager.acknowledge("u1", "d", new Position("other", 1)))
                .isEmpty();
        assertThat(gateway.manager.stats().messages().staleAcks()).isEqualTo(2);
        assertThat(gateway.manager.stats().messages().acknowledged()).isZero();
    }

    @Test
    void a_newer_connection_of_a_named_device_replaces_the_older() {
        Gateway.Client older = gateway.connect();
        older.open("u1", "till", false, null);
        Gateway.Client newer = gateway.connect();
        newer.open("u1", "till", false, null);

        until(() -> Ending.REPLACED.equals(older.ending()));
        assertThat(newer.ending()).isNull();
    }

    @Test
    void tabs_of_the_unnamed_device_all_get_everything() throws Exception {
        Gateway.Client one = gateway.connect();
        one.open("u1");
        Gateway.Client two = gateway.connect();
        two.open("u1");
        gateway.send("u1", "hello");

        until(() -> one.offsets("#u1").equals(List.of(1L)) && two.offsets("#u1").equals(List.of(1L)));
    }

    @Test
    void a_backlog_larger_than_the_send_buffer_is_read_page_by_page() throws Exception {
        String large = "x".repeat(4_000);
        List<java.util.concurrent.CompletionStage<Receipt>> receipts = new ArrayList<>();
        for (int i = 0; i < 800; i++) {
            receipts.add(gateway.manager.send("u1", large, SendOptions.defaults()));
        }
        for (var receipt : receipts) {
            get(receipt);
        }
        Gateway.Client client = gateway.connect();
        client.open("u1");

        until(() -> client.offsets("#u1").size() == 800);
        assertThat(client.offsets("#u1")).isEqualTo(range(1, 800));
        assertThat(client.ending()).isNull();
    }

    @Test
    void a_live_client_that_does_not_read_is_closed_as_slow_and_others_continue() throws Exception {
        Gateway.Client slow = gateway.connect();
        slow.subscribe("news", null);
        slow.ignorePings();
        slow.stall();
        Gateway.Client other = gateway.connect();
        other.subscribe("news", null);
        String large = "x".repeat(50_000);
        for (int i = 1; i <= 40; i++) {
            gateway.publish("news", large);
            int published = i;
            until(() -> other.offsets("news").size() == published);
        }

        until(() -> Ending.SLOW.equals(slow.ending()));
        until(() -> other.offsets("news").equals(range(1, 40)));
        assertThat(gateway.manager.stats().connections().slow()).isEqualTo(1);
    }

    @Test
    void an_engine_that_cannot_be_read_delays_no_publisher() throws Exception {
        Gateway.Client client = gateway.connect();
        client.open("u1");
        gateway.send("u1", "hello");
        until(() -> client.offsets("#u1").size() == 1);
        AtomicInteger asked = new AtomicInteger();
        gateway.hooked.moreEpochs++;
        gateway.hooked.afterInfo = stream -> {
            if (stream.equals("#u1")) {
                asked.incrementAndGet();
                throw new EngineException(EngineException.Reason.IO, "the test says so", null);
            }
        };
        gateway.clock.advance(Duration.ofSeconds(26)); // its pong moves the cursor
        until(() -> asked.get() > 0);

        assertThat(gateway.send("u2", "others").position().offset()).isEqualTo(1);
        assertThat(asked.get()).isLessThan(10);
        gateway.hooked.afterInfo = stream -> {};
        until(() -> gateway.engine.info("#u1").confirmedUpTo() == 1);
    }

    @Test
    void a_missing_pong_ends_the_connection() throws Exception {
        Gateway.Client client = gateway.connect();
        client.open("u1");
        client.ignorePings();
        gateway.clock.advance(Duration.ofSeconds(26));
        until(() -> client.pings() > 0);
        gateway.clock.advance(Duration.ofSeconds(11));

        until(() -> Ending.NO_PONG.equals(client.ending()));
    }

    @Test
    void an_expired_message_is_not_delivered_and_is_reported_as_expired() throws Exception {
        Receipt receipt = get(
                gateway.manager.send("u1", "soon gone", SendOptions.defaults().withTtl(Duration.ofSeconds(2))));
        gateway.send("u1", "stays");
        gateway.clock.advance(Duration.ofSeconds(3));
        Gateway.Client client = gateway.connect();
        client.open("u1");

        until(() -> client.offsets("#u1").equals(List.of(2L)));
        until(() -> gateway.manager.message("u1", receipt.id()).orElseThrow().state() == MessageState.EXPIRED);
        until(() -> gateway.manager.stats().messages().expired() > 0);
        assertThat(gateway.manager.stats().messages().expired()).isEqualTo(1);
    }

    @Test
    void the_same_id_is_stored_once_and_answered_with_the_first_receipt() throws Exception {
        Receipt first =
                get(gateway.manager.send("u1", "one", SendOptions.defaults().withId("a")));
        Receipt second =
                get(gateway.manager.send("u1", "two", SendOptions.defaults().withId("a")));

        assertThat(second.duplicate()).isTrue();
        assertThat(second.position()).isEqualTo(first.position());
        assertThat(gateway.manager.stats().messages().conflicting()).isEqualTo(1);
    }

    @Test
    void a_non_critical_message_has_no_offset_and_is_not_stored() throws Exception {
        Gateway.Client client = gateway.connect();
        client.open("u1");
        until(() -> client.lines().size() == 1);
        Receipt receipt =
                get(gateway.manager.send("u1", "tick", SendOptions.defaults().nonCritical()));

        assertThat(receipt.stored()).isFalse();
        assertThat(receipt.connections()).isEqualTo(1);
        until(() -> client.offsets("#u1").equals(List.of(0L)));
        assertThat(gateway.manager.message("u1", receipt.id())).isEmpty();
    }

    @Test
    void what_kills_its_client_goes_alone_from_the_second_attempt_on() throws Exception {
        gateway.send("u1", "poison");
        gateway.send("u1", "harmless");
        Gateway.Client first = gateway.connect();
        first.open("u1");
        first.ignorePings();
        until(() -> first.offsets("#u1").size() == 2);
        first.leave();
        gateway.clock.advance(Duration.ofSeconds(1)); // before it is tried again

        Gateway.Client second = gateway.connect();
        second.ignorePings();
        second.open("u1");
        until(() -> second.offsets("#u1").size() == 1);
        assertThat(second.offsets("#u1")).containsExactly(1L);
        until(second.connection::pong);

        until(() -> second.offsets("#u1").equals(List.of(1L, 2L)));
    }

    @Test
    void stored_messages_reported_as_failed_reach_live_clients_after_the_next_success() throws Exception {
        Gateway.Client client = gateway.connect();
        client.open("u1");
        gateway.send("u1", "one");
        until(() -> client.offsets("#u1").size() == 1);
        gateway.engine.failThoughStoring(EngineException.Reason.IO);
        assertThatThrownBy(() -> gateway.send("u1", "two")).hasCauseInstanceOf(DeliveryException.class);
        gateway.engine.fail(null);
        gateway.publish("other", "anything");

        until(() -> client.offsets("#u1").equals(List.of(1L, 2L)));
    }

    @Test
    void a_failing_engine_fails_the_publish_and_pretends_nothing() throws Exception {
        gateway.engine.fail(EngineException.Reason.STORE_FULL);
        assertThatThrownBy(() -> gateway.send("u1", "one"))
                .hasCauseInstanceOf(DeliveryException.class)
                .rootCause()
                .hasMessageContaining("repeat");
        gateway.engine.fail(null);

        assertThat(gateway.send("u1", "one").position().offset()).isEqualTo(1);
    }

    @Test
    void an_error_in_the_hub_loses_nothing_and_stops_nobody() throws Exception {
        Gateway.Client client = gateway.connect();
        client.open("u1");
        Gateway.Client other = gateway.connect();
        other.open("u2");
        for (int i = 0; i < 5; i++) {
            PlainFormat.FAILS.set(1); // it meets the hub; readers would close their connection
            gateway.send("u1", "m" + i);
            gateway.send("u2", "m" + i);
            List<Long> all = range(1, i + 1);
            until(() -> client.offsets("#u1").equals(all));
            until(() -> other.offsets("#u2").equals(all));
        }
    }

    @Test
    void reserved_tags_are_refused_before_anything_is_queued() {
        assertThatThrownBy(() ->
                        gateway.manager.send("u1", "x", SendOptions.defaults().withTags(Map.of("expires", "1"))))
                .isInstanceOfSatisfying(
                        DeliveryException.class, e -> assertThat(e.field()).isEqualTo("tags"));
    }

    @Test
    void a_recovering_subscriber_of_a_channel_gets_history_then_live_without_gap() throws Exception {
        for (int i = 0; i < 5; i++) {
            gateway.publish("news", "m" + i);
        }
        Position start = new Position(gateway.engine.info("news").top().epoch(), 2);
        Gateway.Client client = gateway.connect();
        var made = client.subscribe("news", start);
        gateway.publish("news", "m5");

        assertThat(made.recovered()).isTrue();
        until(() -> client.offsets("news").equals(range(3, 6)));
    }
}
