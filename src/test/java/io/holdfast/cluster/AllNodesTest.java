package io.holdfast.cluster;

import static io.holdfast.delivery.commit.Gateway.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.AllNodes;
import io.holdfast.delivery.ClientStatus;
import io.holdfast.delivery.ConnectionStatus;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Gathered;
import io.holdfast.delivery.Listing;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.MessageState;
import io.holdfast.delivery.NamedPage;
import io.holdfast.delivery.NodeReport;
import io.holdfast.delivery.PresenceStats;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.delivery.commit.Gateway;
import io.holdfast.stream.MemoryEngine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Three nodes on one store that ask each other. */
class AllNodesTest {
    private static final byte[] GARBAGE = "{\"rows\":7".getBytes(UTF_8);

    private final MemoryEngine store = new MemoryEngine(System::currentTimeMillis);
    private final Asked asked = new Asked();
    private final List<Gateway> gateways = new ArrayList<>();
    private final List<AllNodes> all = new ArrayList<>();

    AllNodesTest() {
        for (long number = 1; number <= 3; number++) {
            Gateway gateway = new Gateway(settings -> settings, clock -> store);
            gateway.idPrefix = "n" + number + "-c";
            Asking asking = asked.asking(number);
            OwnReport report = new OwnReport(asking, gateway.manager, gateway.manager.here(), "n" + number, "1");
            NodeAnswers.give(asking, gateway.manager, gateway.manager.here(), report);
            gateways.add(gateway);
            all.add(new AskingNodes(gateway.manager, gateway.manager.here(), report, asking));
        }
    }

    @AfterEach
    void close() {
        gateways.forEach(Gateway::close);
    }

    @Test
    void the_connections_of_a_client_are_those_of_the_other_nodes_that_answer() {
        for (int i = 0; i < 5; i++) {
            gateways.get(i % 3).connect().connection.identify("ann", null);
        }
        gateways.get(1).connect().connection.identify("bob", null);
        Gathered<Integer> others = asked.asking(3)
                .all(
                        new ConnectionsQuestion("ann"),
                        counts -> counts.stream().mapToInt(Integer::intValue).sum())
                .toCompletableFuture()
                .join();
        assertThat(others.value()).isEqualTo(4);
    }

    private Gateway.Client connect(int node, String client) {
        Gateway.Client connected = gateways.get(node - 1).connect();
        assertThat(connected.connection.identify(client, ("\"" + client + "\"").getBytes(UTF_8)))
                .isTrue();
        connected.open(client);
        return connected;
    }

    private Gateway.Client subscribe(int node, String client, String channel) {
        Gateway.Client connected = connect(node, client);
        connected.subscribe(channel, null);
        return connected;
    }

    private AllNodes node(int number) {
        return all.get(number - 1);
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private Gathered<NamedPage<Member>> presence() {
        return get(node(1).page(new Listing.Members("news"), "", 100));
    }

    @Test
    void presence_has_the_connections_of_all_nodes_each_once() {
        subscribe(1, "a", "news");
        subscribe(2, "b", "news");
        subscribe(3, "a", "news");
        subscribe(3, "c", "other");
        Gathered<NamedPage<Member>> found = presence();
        assertThat(found.missingNodes()).isEmpty();
        assertThat(found.value().more()).isFalse();
        assertThat(found.value().entries().keySet()).containsExactly("n1-c1", "n2-c1", "n3-c1");
        Member other = found.value().entries().get("n2-c1");
        assertThat(other.client()).isEqualTo("b");
        assertThat(other.connection()).isEqualTo("n2-c1");
        assertThat(new String(other.connectionInfo(), UTF_8)).isEqualTo("\"b\"");
        assertThat(other.channelInfo()).isNull();
        assertThat(get(node(2).presenceStats("news"))).isEqualTo(Gathered.complete(new PresenceStats(3, 2)));
        assertThat(get(node(2).connectedClients())).isEqualTo(Gathered.complete(3));
    }

    @Test
    void a_node_that_does_not_answer_or_answers_garbage_is_missing() {
        subscribe(1, "a", "news");
        subscribe(2, "b", "news");
        subscribe(3, "c", "news");
        asked.instead.put(2L, Reply.Failure.LATE);
        assertThat(presence().missingNodes()).containsExactly(2L);
        assertThat(presence().value().entries()).containsOnlyKeys("n1-c1", "n3-c1");
        asked.instead.put(2L, new Reply.Answer(GARBAGE));
        asked.instead.put(3L, Reply.Failure.NOT_REACHED);
        assertThat(presence().missingNodes()).containsExactly(2L, 3L);
        assertThat(get(node(1).presenceStats("news")))
                .isEqualTo(new Gathered<>(new PresenceStats(1, 1), List.of(2L, 3L)));
        for (String wrong : new String[] {"", "[]", "{}", "{\"rows\":{},\"more\":true}", "{\"rows\":{\"x\":7}}"}) {
            asked.instead.put(2L, new Reply.Answer(wrong.getBytes(UTF_8)));
            assertThat(presence().missingNodes()).as(wrong).contains(2L);
        }
    }

    @Test
    void a_node_that_was_missing_is_not_asked_again_for_the_next_part() {
        for (int i = 0; i < 40; i++) {
            subscribe(2, "long" + i, "news").connection.show(info(30_000));
        }
        asked.instead.put(3L, Reply.Failure.LATE);
        assertThat(presence().value().entries()).hasSize(40);
        assertThat(asked.log).filteredOn(line -> line.equals("2 page")).hasSizeGreaterThan(2);
        assertThat(asked.log).filteredOn(line -> line.equals("3 page")).hasSize(1);
    }

    private static byte[] info(int length) {
        return ("\"" + "x".repeat(length) + "\"").getBytes(UTF_8);
    }

    @Test
    void pages_cover_the_lists_of_all_nodes_once() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        TreeMap<String, Integer> expected = new TreeMap<>();
        for (int i = 0; i < 60; i++) {
            String channel = "c" + random.nextInt(40);
            subscribe(1 + random.nextInt(3), "u" + i, channel);
            expected.merge(channel, 1, Integer::sum);
        }
        for (int most : new int[] {1, 2, 7, 39, 100}) {
            TreeMap<String, Integer> seen = new TreeMap<>();
            String after = "";
            NamedPage<Integer> page;
            do {
                page = get(node(2).page(new Listing.Channels("c*"), after, most))
                        .value();
                assertThat(page.entries()).as("seed " + seed).hasSizeLessThanOrEqualTo(most);
                page.entries()
                        .forEach((name, count) -> assertThat(seen.put(name, count))
                                .as("%s twice, seed %s", name, seed)
                                .isNull());
                after = page.entries().lastKey();
            } while (page.more());
            assertThat(seen).as("pages of %s, seed %s", most, seed).isEqualTo(expected);
        }
    }

    @Test
    void entries_that_are_too_long_for_one_answer_come_in_several() {
        TreeSet<String> expected = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            Gateway.Client client = subscribe(1 + i % 3, "long" + i, "news");
            client.connection.show(info(i % 2 == 0 ? 60_000 : 10));
            expected.add(client.connection.id());
        }
        NamedPage<Member> page = presence().value();
        assertThat(page.entries().keySet()).isEqualTo(expected);
        assertThat(page.more()).isFalse();
        for (int i = 0; i < 60; i++) {
            subscribe(2, "longer" + i, "news").connection.show(info(100_000));
        }
        assertThat(presence().value().more()).as("4 MiB are enough").isTrue();
    }

    @Test
    void a_client_is_disconnected_wherever_it_is() {
        Gateway.Client here = connect(1, "a");
        Gateway.Client there = connect(2, "a");
        Gateway.Client spared = connect(3, "a");
        Gateway.Client other = connect(3, "b");
        assertThat(get(node(1).disconnect("a", null, Set.of(spared.connection.id()), Ending.EXPIRED)))
                .isEqualTo(2);
        until(() -> here.ending() != null && there.ending() != null);
        assertThat(there.ending()).isEqualTo(Ending.EXPIRED);
        assertThat(spared.connection.hasEnded()).isFalse();
        assertThat(other.connection.hasEnded()).isFalse();
        assertThat(get(node(1).disconnect("b", other.connection.id(), Set.of(), Ending.EXPIRED)))
                .isEqualTo(1);
    }

    @Test
    void for_a_connection_of_this_node_no_other_is_asked() {
        Gateway.Client here = connect(1, "a");
        assertThat(get(node(1).disconnect("a", here.connection.id(), Set.of(), Ending.EXPIRED)))
                .isEqualTo(1);
        assertThat(asked.log).isEmpty();
    }

    @Test
    void a_change_fails_where_a_node_does_not_answer_and_can_be_repeated() {
        Gateway.Client here = connect(1, "a");
        Gateway.Client late = connect(2, "a");
        Gateway.Client unreached = connect(3, "a");
        asked.instead.put(2L, Reply.Failure.LATE);
        asked.instead.put(3L, Reply.Failure.NOT_REACHED);
        ResilientWebSocketManager manager = new AllNodesManager(gateways.get(0).manager, node(1));
        assertThatThrownBy(() -> manager.disconnect("a", null, Set.of(), Ending.EXPIRED))
                .isInstanceOfSatisfying(DeliveryException.class, failure -> {
                    assertThat(failure.reason().temporary()).isTrue();
                    assertThat(failure).hasMessageContaining("2, 3").hasMessageContaining("for 1");
                });
        assertThat(here.connection.hasEnded()).isTrue();
        assertThat(late.connection.hasEnded()).as("who is late has done it").isTrue();
        assertThat(unreached.connection.hasEnded()).isFalse();
        asked.instead.clear();
        assertThat(manager.disconnect("a", null, Set.of(), Ending.EXPIRED)).isEqualTo(1);
    }

    @Test
    void what_is_wrong_is_said_before_others_are_asked() {
        assertThatThrownBy(() -> node(1).disconnect("", null, Set.of(), Ending.EXPIRED))
                .isInstanceOf(DeliveryException.class);
        assertThatThrownBy(() -> node(1).subscribe("a", null, "#a", SubscriptionTerms.from(null)))
                .isInstanceOf(DeliveryException.class);
        assertThatThrownBy(() -> new Listing.Members("a\nb")).isInstanceOf(DeliveryException.class);
        assertThat(asked.log).isEmpty();
    }

    @Test
    void a_client_is_subscribed_shown_and_unsubscribed_on_other_nodes() {
        Gateway.Client there = connect(3, "a");
        SubscriptionTerms terms = new SubscriptionTerms(
                null, "{\"x\":1}".getBytes(UTF_8), null, Instant.now().plusSeconds(60));
        assertThat(get(node(1).subscribe("a", null, "news", terms))).isEqualTo(1);
        assertThat(new String(presence().value().entries().get("n3-c1").channelInfo(), UTF_8))
                .isEqualTo("{\"x\":1}");
        assertThat(get(node(1).refresh("a", null, null, "7".getBytes(UTF_8)))).isEqualTo(1);
        assertThat(new String(presence().value().entries().get("n3-c1").connectionInfo(), UTF_8))
                .isEqualTo("7");
        assertThat(get(node(2).unsubscribe("a", there.connection.id(), "news", 2000, "server unsubscribe")))
                .isEqualTo(1);
        until(() -> there.lines().contains("unsubscribed news 2000"));
        assertThat(presence().value().entries()).isEmpty();
    }

    @Test
    void who_is_told_of_whom_is_said_to_other_nodes_too() {
        Gateway.Client told = connect(3, "a");
        Gateway.Client silent = connect(3, "b");
        SubscriptionTerms all = new SubscriptionTerms(null, null, null, null, true, true);
        SubscriptionTerms none = new SubscriptionTerms(null, null, null, null, false, false);
        assertThat(get(node(1).subscribe("a", null, "news", all))).isEqualTo(1);
        assertThat(get(node(1).subscribe("b", null, "news", none))).isEqualTo(1);
        connect(3, "c");
        assertThat(get(node(1).subscribe("c", null, "news", all))).isEqualTo(1);
        until(() -> told.lines().contains("join news c"));
        assertThat(told.lines()).doesNotContain("join news b");
        assertThat(silent.lines()).noneMatch(line -> line.startsWith("join "));
    }

    @Test
    void the_state_of_a_message_is_that_of_the_node_that_delivers_it() throws Exception {
        Gateway.Client there = connect(2, "a");
        there.ignorePings();
        String id = gateways.get(1).send("a", "1").id();
        until(() -> !there.offsets("#a").isEmpty());
        assertThat(gateways.get(0).manager.message("a", id).orElseThrow().state())
                .isEqualTo(MessageState.QUEUED);
        assertThat(get(node(1).message("a", id)).value().orElseThrow().state()).isEqualTo(MessageState.SENT);
        asked.instead.put(2L, Reply.Failure.LATE);
        assertThat(get(node(1).message("a", id)).missingNodes()).containsExactly(2L);
        assertThat(get(node(1).message("a", "unknown")).value()).isEmpty();
    }

    @Test
    void of_two_states_of_a_message_the_one_counts_that_is_further() {
        assertThat(MessageQuestion.merged(MessageState.QUEUED, MessageState.SENT))
                .isEqualTo(MessageState.SENT);
        assertThat(MessageQuestion.merged(MessageState.EXPIRED, MessageState.SENT))
                .isEqualTo(MessageState.EXPIRED);
        assertThat(MessageQuestion.merged(MessageState.DEAD, MessageState.ACKNOWLEDGED))
                .isEqualTo(MessageState.ACKNOWLEDGED);
    }

    @Test
    void a_client_is_known_wherever_it_was_seen_and_its_counters_are_added() {
        connect(2, "a");
        connect(3, "a").leave();
        ClientStatus status = get(node(1).client("a")).value().orElseThrow();
        assertThat(status.connections()).isEqualTo(2);
        assertThat(status.devices())
                .singleElement()
                .satisfies(device -> assertThat(device.connected()).isTrue());
        assertThat(get(node(1).page(new Listing.Clients(""), "", 10)).value().entries())
                .isEqualTo(new TreeMap<>(Map.of("a", true)));
        assertThat(get(node(1).client("b")).value()).isEmpty();
    }

    @Test
    void clients_are_found_by_a_part_of_their_name_in_any_case() {
        connect(1, "Ann");
        connect(2, "hannah").leave();
        connect(3, "bob");
        assertThat(get(node(1).page(new Listing.Clients("AN"), "", 10)).value().entries())
                .isEqualTo(new TreeMap<>(Map.of("Ann", true, "hannah", false)));
    }

    @Test
    void the_connections_of_a_client_are_described_by_their_nodes() throws Exception {
        Gateway.Client first = connect(2, "a");
        first.ignorePings();
        gateways.get(1).connect().connection.identify("a", null);
        connect(3, "a").subscribe("news", null);
        connect(1, "b");
        gateways.get(1).send("a", "1");
        until(() -> !first.offsets("#a").isEmpty());
        Map<String, ConnectionStatus> found = get(node(1).page(new Listing.ConnectionsOf("a"), "", 100))
                .value()
                .entries();
        assertThat(found).containsOnlyKeys("n2-c1", "n2-c2", "n3-c1");
        assertThat(found.get("n2-c1")).satisfies(status -> {
            assertThat(status.device()).isEqualTo("default");
            assertThat(status.state()).isEqualTo(ConnectionStatus.State.LIVE);
            assertThat(status.written()).isEqualTo(1);
            assertThat(status.answered()).isZero();
            assertThat(status.unconfirmedBytes()).isPositive();
            assertThat(status.allowance()).isEqualTo(-1);
            assertThat(status.openedAtMillis()).isPositive();
        });
        assertThat(found.get("n2-c2").state()).isEqualTo(ConnectionStatus.State.NONE);
        assertThat(found.get("n2-c2").device()).isNull();
        assertThat(found.get("n3-c1").channels()).isEqualTo(1);
        assertThat(get(node(2).page(new Listing.ConnectionsOf("a"), "", 100))
                        .value()
                        .entries())
                .as("the same as seen from its own node")
                .extractingByKey("n2-c1")
                .usingRecursiveComparison()
                .ignoringFields("unansweredMillis", "openedAtMillis")
                .isEqualTo(found.get("n2-c1"));
    }

    @Test
    void breakers_are_listed_and_reset_on_all_nodes() {
        for (int i = 0; i < 5; i++) {
            fail(2);
        }
        for (int i = 0; i < 2; i++) {
            fail(3);
        }
        assertThat(get(node(1).page(new Listing.Breakers(null), "", 10)).value().entries())
                .hasEntrySatisfying(
                        "a",
                        list -> assertThat(list)
                                .singleElement()
                                .satisfies(breaker ->
                                        assertThat(breaker.failures()).isEqualTo(5)));
        assertThat(get(node(1).resetBreakers("a"))).isEqualTo(1);
        assertThat(get(node(1).resetBreakers("a"))).isZero();
    }

    private void fail(int node) {
        Gateway.Client client = connect(node, "a");
        client.ignorePings();
        try {
            gateways.get(node - 1).send("a", "1");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        until(() -> !client.offsets("#a").isEmpty());
        client.connection.fail(Ending.WRITE_ERROR);
    }

    @Test
    void each_node_reports_of_itself() {
        subscribe(1, "a", "news");
        subscribe(3, "a", "news");
        subscribe(3, "b", "other");
        List<NodeReport> reports = get(node(3).reports()).value();
        assertThat(reports).extracting(NodeReport::number).containsExactly(3L, 1L, 2L);
        assertThat(reports).extracting(NodeReport::name).containsExactly("n3", "n1", "n2");
        assertThat(reports).extracting(NodeReport::connections).containsExactly(2L, 1L, 0L);
        assertThat(reports).extracting(NodeReport::clients).containsExactly(2L, 1L, 0L);
        assertThat(reports).extracting(NodeReport::uid).doesNotHaveDuplicates();
        assertThat(reports.get(0).subscriptions()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void the_manager_of_an_application_answers_for_all_nodes() {
        subscribe(2, "a", "news");
        subscribe(3, "b", "news");
        ResilientWebSocketManager manager = new AllNodesManager(gateways.get(0).manager, node(1));
        assertThat(manager.presence("news")).extracting(Member::client).containsExactly("a", "b");
        assertThat(manager.channels("n*")).isEqualTo(new TreeMap<>(Map.of("news", 2)));
        assertThat(manager.clients()).containsExactly("a", "b");
        assertThat(manager.connectedClients()).isEqualTo(2);
        assertThat(manager.client("b")).isPresent();
        assertThat(manager.breakers(null)).isEmpty();
        assertThatThrownBy(() -> manager.presence("")).isInstanceOf(DeliveryException.class);
    }

    @Test
    void what_a_newer_version_adds_is_tolerated() throws Exception {
        Change change = ChangeReader.read(
                "{\"do\":\"disconnect\",\"new\":{\"x\":[1]},\"client\":\"a\",\"code\":3005,\"reason\":\"r\"}"
                        .getBytes(UTF_8));
        assertThat(change).isEqualTo(new Change.Disconnect("a", null, Set.of(), new Ending(3005, "r")));
        assertThatThrownBy(() -> ChangeReader.read("{\"do\":\"promote\",\"client\":\"a\"}".getBytes(UTF_8)))
                .hasMessageContaining("this version");
        PageQuestion<Member> question = new PageQuestion<>(new Listing.Members("news"), "", 10);
        NamedPage<Member> page = question.decoded(
                "{\"rows\":{\"c1\":{\"mood\":\"good\",\"client\":\"a\"}},\"colour\":[{}],\"more\":false}"
                        .getBytes(UTF_8));
        assertThat(page.entries().get("c1").client()).isEqualTo("a");
        assertThat(get(node(1).page(new Listing.Channels(""), "", 10)).missingNodes())
                .isEmpty();
    }
}
