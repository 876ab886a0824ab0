package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.AdmissionSettings;
import io.holdfast.delivery.BreakerSettings;
import io.holdfast.delivery.BreakerState;
import io.holdfast.delivery.BreakerStatus;
import io.holdfast.delivery.DeadLetter;
import io.holdfast.delivery.DeliveryEvent.MessageAcknowledged;
import io.holdfast.delivery.DeliveryEvent.MessageExpired;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.MessageState;
import io.holdfast.delivery.MessageStatus;
import io.holdfast.delivery.PoisonSettings;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.push.AdmissionTest;
import io.holdfast.stream.Position;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.StreamEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The devices of one client are connected to several nodes that share a store. */
abstract class DevicesOnNodesContract {
    private DeliveryNodes nodes;

    abstract DeliveryNodes open(int count, UnaryOperator<DeliverySettings> changes);

    @BeforeEach
    void openNodes() {
        nodes = open(3, settings -> settings);
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    private Gateway.Client till(int node, Position presented) {
        Gateway.Client till = nodes.node(node).connect();
        till.open("ann", "till", true, presented);
        return till;
    }

    private Gateway.Client tab(int node) {
        Gateway.Client tab = nodes.node(node).connect();
        tab.open("ann", null, true, null);
        return tab;
    }

    /** The device, connected to node 0 by a connection that is a second old. */
    private Gateway.Client earlier() throws Exception {
        Gateway.Client older = nodes.node(0).connect();
        nodes.pass(Duration.ofSeconds(1));
        older.open("ann", "till", true, null);
        return older;
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private Position at(long offset) {
        return new Position(nodes.node(0).hooked.info("#ann").top().epoch(), offset);
    }

    private void send(int messages) throws Exception {
        for (int i = 0; i < messages; i++) {
            nodes.node(i % nodes.size()).send("ann", "m");
        }
    }

    private void acknowledge(int node, String device, long offset) {
        assertThat(nodes.node(node).manager.acknowledge("ann", device, at(offset)))
                .isPresent();
    }

    private long stored(String device) {
        return nodes.node(0).hooked.devices("#ann").stream()
                .filter(each -> each.device().equals(device))
                .mapToLong(each -> each.offset())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_newer_connection_of_a_device_wins_on_whatever_node() throws Exception {
        Gateway.Client older = earlier();
        send(2);
        Gateway.until(() -> older.offsets("#ann").equals(upTo(2)));
        acknowledge(0, "till", 1);
        nodes.soon(() -> stored("till") == 1);

        Gateway.Client newer = till(1, null);
        Gateway.until(() -> newer.offsets("#ann").equals(List.of(2L)));
        nodes.soon(() -> Ending.REPLACED.equals(older.ending()));
        acknowledge(1, "till", 2);
        nodes.soon(() -> stored("till") == 2);
        assertThat(newer.ending()).isNull();
    }

    @Test
    void a_connect_that_is_carried_out_late_ends_no_connection_opened_after_it() throws Exception {
        Gateway.Client late = nodes.node(0).connect();
        nodes.pass(StreamEngine.SURELY_LATER.multipliedBy(2));
        Gateway.Client present = till(1, null);
        late.open("ann", "till", true, null);
        nodes.soon(() -> Ending.REPLACED.equals(late.ending()));
        send(2);
        Gateway.until(() -> present.offsets("#ann").equals(upTo(2)));
        acknowledge(1, "till", 2);
        nodes.soon(() -> stored("till") == 2);
        assertThat(present.ending()).isNull();
    }

    @Test
    void of_two_connections_opened_at_about_the_same_time_the_one_that_loses_comes_again() throws Exception {
        Gateway.Client late = nodes.node(0).connect();
        nodes.pass(Duration.ofSeconds(1));
        Gateway.Client present = till(1, null);
        late.open("ann", "till", true, null);
        nodes.soon(() -> present.ending() != null);
        assertThat(present.ending()).isEqualTo(Ending.FORCE_RECONNECT);
        Gateway.Client again = till(1, null);
        nodes.soon(() -> late.ending() != null);
        assertThat(late.ending()).isEqualTo(Ending.REPLACED);
        assertThat(again.ending()).isNull();
    }

    @Test
    void a_connection_ends_whose_change_is_refused_though_nobody_says_who_has_its_device() throws Exception {
        Gateway.Client older = till(0, null);
        send(1);
        Gateway.until(() -> older.offsets("#ann").equals(upTo(1)));
        till(1, null);
        nodes.node(0).hooked.shared().orElseThrow().takenOver();
        acknowledge(0, "till", 1);
        nodes.soon(() -> Ending.REPLACED.equals(older.ending()));
    }

    @Test
    void a_node_that_was_stopped_moves_no_cursor_and_gives_nothing_up() throws Exception {
        Gateway.Client older = earlier();
        send(3);
        Gateway.until(() -> older.offsets("#ann").equals(upTo(3)));
        nodes.soon(() -> stored("till") == 0);
        CountDownLatch paused = nodes.pause(0);
        acknowledge(0, "till", 3);

        Gateway.Client newer = till(1, null);
        Gateway.until(() -> newer.offsets("#ann").equals(upTo(3)));
        acknowledge(1, "till", 1);
        nodes.soon(() -> stored("till") == 1);
        nodes.resume(0, paused);

        nodes.soon(() -> Ending.REPLACED.equals(older.ending()));
        assertThat(stored("till")).isEqualTo(1);
        assertThat(newer.ending()).isNull();
        assertThat(nodes.cursor(0, "ann", "till")).isEqualTo(1);
        newer.vanish();
        Gateway.Client again = till(0, null);
        Gateway.until(() -> again.offsets("#ann").equals(List.of(2L, 3L)));
    }

    @Test
    void a_device_that_comes_back_to_its_node_before_that_has_stored_keeps_its_cursor() throws Exception {
        Gateway.Client older = till(0, null);
        send(3);
        Gateway.until(() -> older.offsets("#ann").equals(upTo(3)));
        nodes.soon(() -> nodes.status(0, "ann", "till").connected());
        CountDownLatch paused = nodes.pause(0);
        acknowledge(0, "till", 2);
        nodes.soon(() -> true);
        older.vanish();
        Gateway.Client newer = till(0, null);
        Gateway.until(() -> newer.offsets("#ann").equals(List.of(3L)));
        nodes.resume(0, paused);

        nodes.soon(() -> stored("till") == 2);
        assertThat(newer.ending()).isNull();
    }

    @Test
    void tabs_on_different_nodes_share_a_cursor_and_each_gets_everything() throws Exception {
        Gateway.Client first = tab(0);
        Gateway.Client second = tab(1);
        send(3);
        Gateway.until(() -> first.offsets("#ann").equals(upTo(3)));
        acknowledge(0, "default", 3);
        Gateway.until(() -> second.offsets("#ann").equals(upTo(3)));
        nodes.soon(() -> stored("default") == 3);
        acknowledge(1, "default", 2);
        send(1);
        Gateway.until(() -> second.offsets("#ann").equals(upTo(4)));
        for (int i = 0; i < nodes.size(); i++) {
            assertThat(nodes.cursor(i, "ann", "default")).isEqualTo(3);
        }
        Gateway.Client third = tab(2);
        Gateway.until(() -> third.offsets("#ann").equals(List.of(4L)));
    }

    @Test
    void a_message_that_devices_on_all_nodes_confirm_is_acknowledged_once() throws Exception {
        List<Gateway.Client> clients = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            Gateway.Client each = nodes.node(i).connect();
            each.open("ann", "d" + i, true, null);
            clients.add(each);
        }
        send(20);
        clients.forEach(each -> Gateway.until(() -> each.offsets("#ann").equals(upTo(20))));
        for (int offset = 1; offset <= 20; offset++) {
            for (int i = 0; i < nodes.size(); i++) {
                acknowledge(i, "d" + i, offset);
            }
        }
        nodes.soon(() -> nodes.events(MessageAcknowledged.class).size() >= 20
                && stored("d0") + stored("d1") + stored("d2") == 60);
        assertThat(nodes.events(MessageAcknowledged.class).stream()
                        .map(MessageAcknowledged::offset)
                        .sorted()
                        .toList())
                .isEqualTo(upTo(20));
        assertThat(nodes.all().stream()
                        .mapToLong(node -> node.manager.stats().messages().acknowledged())
                        .sum())
                .isEqualTo(20);
    }

    @Test
    void what_one_node_handed_out_and_another_confirms_is_told_once() throws Exception {
        Gateway.Client first = till(0, null);
        send(3);
        Gateway.until(() -> first.offsets("#ann").equals(upTo(3)));
        Gateway.Client second = nodes.node(1).connect();
        second.open("ann", "till", false, at(3));
        nodes.soon(() -> nodes.events(MessageAcknowledged.class).size() == 3);
        assertThat(nodes.events(MessageAcknowledged.class))
                .extracting(MessageAcknowledged::offset)
                .containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void a_message_has_the_same_state_on_every_node() throws Exception {
        nodes.all().forEach(node -> node.timeToLive = Duration.ofSeconds(60));
        Gateway.Client till = till(0, null);
        Receipt one = nodes.node(1).send("ann", "one");
        Receipt two = nodes.node(2).send("ann", "two");
        Gateway.until(() -> till.offsets("#ann").equals(upTo(2)));
        acknowledge(0, "till", 1);
        nodes.soon(() -> nodes.events(MessageAcknowledged.class).size() == 1);
        nodes.pass(Duration.ofSeconds(61));
        nodes.soon(() -> nodes.events(MessageExpired.class).size() == 1);
        for (Gateway node : nodes.all()) {
            assertThat(node.manager.message("ann", one.id()))
                    .map(MessageStatus::state)
                    .contains(MessageState.ACKNOWLEDGED);
            assertThat(node.manager.message("ann", two.id()))
                    .map(MessageStatus::state)
                    .contains(MessageState.EXPIRED);
        }
        assertThat(nodes.events(MessageExpired.class)).hasSize(1);
    }

    @Test
    void a_message_that_expires_before_its_confirmation_is_stored_is_expired() throws Exception {
        nodes.all().forEach(node -> node.timeToLive = Duration.ofSeconds(60));
        Gateway.Client till = till(0, null);
        Receipt sent = nodes.node(1).send("ann", "m");
        Gateway.until(() -> till.offsets("#ann").equals(upTo(1)));
        CountDownLatch paused = nodes.pause(0);
        acknowledge(0, "till", 1);
        nodes.pass(Duration.ofSeconds(61));
        nodes.soon(() -> nodes.events(MessageExpired.class).size() == 1);
        nodes.resume(0, paused);
        nodes.soon(() -> stored("till") == 1);
        assertThat(nodes.events(MessageAcknowledged.class)).isEmpty();
        assertThat(nodes.events(MessageExpired.class)).hasSize(1);
        checkState(sent, MessageState.EXPIRED);
    }

    private void checkState(Receipt sent, MessageState state) {
        for (Gateway node : nodes.all()) {
            assertThat(node.manager.message("ann", sent.id()))
                    .map(MessageStatus::state)
                    .contains(state);
        }
    }

    @Test
    void of_confirmation_and_expiry_on_two_nodes_one_is_told_and_all_say_the_same() throws Exception {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println(getClass().getSimpleName() + ": -Dholdfast.seed=" + seed);
        Random random = new Random(seed);
        nodes.all().forEach(node -> node.timeToLive = Duration.ofSeconds(60));
        Gateway.Client till = till(0, null);
        Map<Long, Receipt> sent = new HashMap<>();
        for (int round = 1; round <= 4; round++) {
            for (int i = 0; i < 20; i++) {
                Receipt receipt = nodes.node(1 + i % 2).send("ann", "m");
                sent.put(receipt.position().offset(), receipt);
            }
            int last = 20 * round;
            Gateway.until(() -> till.offsets("#ann").size() == last);
            int expireAt = last - 10 + random.nextInt(10);
            for (int offset = last - 19; offset < last; offset++) {
                acknowledge(0, "till", offset);
                if (offset == expireAt) {
                    nodes.pass(Duration.ofSeconds(61)); // every node sweeps
                }
                LockSupport.parkNanos(random.nextInt(100) * 1_000_000L);
            }
        }
        nodes.soon(() -> nodes.events(MessageAcknowledged.class).size()
                        + nodes.events(MessageExpired.class).size()
                >= sent.size());
        Map<Long, MessageState> told = new HashMap<>();
        nodes.events(MessageAcknowledged.class)
                .forEach(each -> assertThat(told.put(each.offset(), MessageState.ACKNOWLEDGED))
                        .as("seed %s, %s", seed, each)
                        .isNull());
        nodes.events(MessageExpired.class)
                .forEach(each -> assertThat(told.put(each.offset(), MessageState.EXPIRED))
                        .as("seed %s, %s", seed, each)
                        .isNull());
        sent.forEach((offset, receipt) -> checkState(receipt, told.get(offset)));
        assertThat(told.values()).contains(MessageState.ACKNOWLEDGED, MessageState.EXPIRED);
    }

    @Test
    void every_node_tells_which_devices_are_connected() throws Exception {
        Gateway.Client till = till(1, null);
        for (int i = 0; i < nodes.size(); i++) {
            assertThat(nodes.status(i, "ann", "till").connected()).isTrue();
        }
        till.vanish();
        nodes.soon(() -> !nodes.status(0, "ann", "till").connected()
                && !nodes.status(1, "ann", "till").connected());
    }

    @Test
    void the_same_id_sent_to_two_nodes_is_one_message() throws Exception {
        List<CompletionStage<Receipt>> sent = new ArrayList<>();
        for (Gateway node : nodes.all()) {
            sent.add(node.manager.send("ann", "m", SendOptions.defaults().withId("same")));
        }
        int duplicates = 0;
        for (CompletionStage<Receipt> each : sent) {
            duplicates += Gateway.get(each).duplicate() ? 1 : 0;
        }
        assertThat(duplicates).isEqualTo(nodes.size() - 1);
        assertThat(nodes.node(0).hooked.info("#ann").messages()).isEqualTo(1);
    }

    /** Gets one message and closes its connection without having confirmed it. */
    private void dieOn(int node, long offset) {
        Gateway.Client till = till(node, null);
        nodes.soon(() -> till.offsets("#ann").contains(offset));
        till.leave();
        nodes.soon(() -> nodes.all().stream()
                .noneMatch(each -> each.hooked.devices("#ann").stream()
                        .anyMatch(device -> device.claim().connected())));
    }

    @Test
    void failed_attempts_at_a_message_go_on_counting_on_other_nodes() throws Exception {
        PoisonSettings often = new PoisonSettings(5, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofDays(1));
        reopen(settings -> DevicesOnNodesModel.with(settings, settings.breaker(), often));
        till(0, null).vanish();
        send(2);
        for (int attempt = 0; attempt < 5; attempt++) {
            assertThat(nodes.node(0).manager.deadLetters("ann", 0, 10)).isEmpty();
            dieOn(attempt % nodes.size(), 1);
        }
        Gateway.Client last = till(2, null);
        nodes.soon(() -> last.offsets("#ann").equals(List.of(2L)));
        assertThat(nodes.node(1).manager.deadLetters("ann", 0, 10))
                .singleElement()
                .extracting(DeadLetter::attempts)
                .isEqualTo(5);
        acknowledge(2, "till", 2);
        nodes.soon(() -> nodes.node(0).hooked.devices("#ann").stream()
                .allMatch(each -> each.note().isEmpty()));
    }

    /** Gets something and answers no ping. */
    private void failOn(int node) {
        String before = note();
        Gateway.Client till = till(node, null);
        till.ignorePings();
        nodes.soon(() -> !till.offsets("#ann").isEmpty());
        till.connection.close(Ending.SLOW);
        nodes.soon(() -> !note().equals(before));
    }

    /** What the store has noted of the only device. */
    private String note() {
        return nodes.node(0).hooked.devices("#ann").get(0).note();
    }

    @Test
    void an_open_breaker_goes_with_its_device_to_another_node() throws Exception {
        BreakerSettings quick = new BreakerSettings(5, 2, Duration.ofSeconds(2), Duration.ofMinutes(1), 3);
        reopen(settings -> DevicesOnNodesModel.with(settings, quick, settings.poison()));
        till(0, null).vanish();
        send(10);
        for (int failure = 0; failure < 6; failure++) {
            failOn(failure % 2); // with the sixth, the trial has failed
        }
        Gateway.Client tried = till(2, null);
        assertThat(nodes.node(2).manager.breakers("ann"))
                .singleElement()
                .extracting(BreakerStatus::state, BreakerStatus::openings)
                .containsExactly(BreakerState.OPEN, 2);
        nodes.soon(() -> nodes.status(2, "ann", "till").connected());
        assertThat(tried.offsets("#ann")).as("while it is open").isEmpty();
        nodes.pass(Duration.ofSeconds(5));
        nodes.soon(() -> tried.offsets("#ann").equals(upTo(3)));
        acknowledge(2, "till", 1);
        acknowledge(2, "till", 3);
        nodes.soon(() -> tried.offsets("#ann").equals(upTo(10)) && note().isEmpty());
        tried.vanish();
        Gateway.Client again = till(0, null);
        nodes.soon(() -> again.offsets("#ann").size() == 7);
        assertThat(nodes.node(0).manager.breakers("ann")).isEmpty();
    }

    @Test
    void a_breaker_that_is_reset_is_closed_on_all_nodes() throws Exception {
        till(0, null).vanish();
        send(10);
        for (int failure = 0; failure < 6; failure++) {
            failOn(0);
        }
        nodes.node(1).manager.resetBreakers("ann");
        nodes.soon(() -> note().isEmpty());
        Gateway.Client again = till(0, null);
        nodes.soon(() -> again.offsets("#ann").equals(upTo(10)));
    }

    private Gateway.Client identified(int node) {
        Gateway.Client made = nodes.node(node).connect();
        made.connection.identify("ann", null);
        return made;
    }

    private void reopen(UnaryOperator<DeliverySettings> changes) {
        nodes.close();
        nodes = open(3, changes);
    }

    private void limit(int connectionsOfAClient) {
        AdmissionSettings limited = new AdmissionSettings(0, 0, connectionsOfAClient, 0, 0, 100, 100);
        reopen(settings -> AdmissionTest.with(settings, limited));
    }

    @Test
    void a_client_has_no_more_connections_than_its_limit_on_all_nodes_together() {
        limit(6);
        List<Gateway.Client> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(identified(i % 3));
        }
        Gateway.Client tooMany = identified(1);
        nodes.soon(() -> Ending.CONNECTION_LIMIT.equals(tooMany.ending()));
        all.remove(0).vanish();
        all.add(identified(1));
        Gateway.Client again = identified(2);
        nodes.soon(() -> Ending.CONNECTION_LIMIT.equals(again.ending()));
        assertThat(all.stream().map(Gateway.Client::ending)).containsOnlyNulls();
    }

    @Test
    void the_other_nodes_are_not_asked_about_a_client_with_few_connections() {
        limit(24);
        for (int i = 0; i < 6; i++) {
            identified(i % 3);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(nodes.links(i).asked).hasValue(0);
        }
        identified(0);
        assertThat(nodes.links(0).asked).hasValue(1);
    }

    @Test
    void a_device_that_is_connected_elsewhere_does_not_give_way_to_newer_ones() throws Exception {
        Gateway.Client till = till(0, null);
        nodes.pass(Duration.ofSeconds(5));
        for (int i = 0; i < 20; i++) {
            Gateway.Client other = nodes.node(1).connect();
            other.open("ann", "d" + i, true, null);
            other.vanish();
            nodes.pass(Duration.ofSeconds(1));
        }
        nodes.soon(() -> nodes.node(2).hooked.devices("#ann").size() == 16);
        assertThat(stored("till")).isZero();
        assertThat(till.ending()).isNull();
    }

    @Test
    void an_outbox_with_a_device_on_another_node_is_not_removed() throws Exception {
        till(0, null);
        long now = nodes.node(1).clock.millis();
        assertThat(nodes.node(1)
                        .manager
                        .storedResources()
                        .forgetDevice("ann", "till", now + 1_000)
                        .toCompletableFuture()
                        .get())
                .isFalse();
        assertThat(nodes.node(1)
                        .manager
                        .storedResources()
                        .forgetStream("#ann", now + 1_000)
                        .toCompletableFuture()
                        .get())
                .isFalse();
        assertThat(nodes.node(1).hooked.devices("#ann")).hasSize(1);
    }
}
