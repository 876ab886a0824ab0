package io.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.cluster.Cables.Sent;
import io.holdfast.cluster.Cables.TestNode;
import io.holdfast.delivery.Arrivals.Arrival;
import io.holdfast.delivery.Member;
import io.holdfast.stream.Node;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Publisher;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What nodes pass on to each other, in moved time. */
class NodeLinksTest {
    private final Simulation simulation = new Simulation(1);
    private final Cables cables = new Cables(simulation);
    private final TestNode a = cables.node(1);
    private final TestNode b = cables.node(2);
    private final TestNode c = cables.node(3);

    private void settle() {
        simulation.pass(Duration.ofMillis(100));
    }

    private List<Sent> sent(FrameKind kind, long from) {
        return cables.sent.stream()
                .filter(each -> each.kind() == kind && each.from() == from)
                .toList();
    }

    @Test
    void a_publication_goes_to_the_nodes_that_have_subscribers_and_to_no_others() {
        cables.connect();
        b.links.subscribed("news");
        settle();

        a.store("news", 1, 2);
        a.store("other", 1);
        settle();

        assertThat(b.offsets("news")).containsExactly(1L, 2L);
        assertThat(b.stored).hasSize(2);
        assertThat(c.stored).isEmpty();
        assertThat(sent(FrameKind.STORED, 1)).extracting(Sent::to).containsExactly(2L);
    }

    @Test
    void nothing_more_comes_after_the_last_subscription_has_ended() {
        b.links.subscribed("news");
        cables.connect();
        b.links.unsubscribed("news");
        settle();

        a.store("news", 1);
        settle();

        assertThat(b.stored).isEmpty();
    }

    @Test
    void what_is_stored_while_a_subscription_is_on_its_way_arrives() {
        cables.connect();
        b.links.subscribed("news");
        a.store("news", 1, 2);
        settle();
        assertThat(b.offsets("news"))
                .as("the last one: it shows what is missing")
                .containsExactly(2L);

        b.links.unsubscribed("news");
        simulation.pass(Duration.ofSeconds(3));
        b.links.subscribed("news");
        settle();
        assertThat(b.stored).as("an older one is found by whoever subscribes").hasSize(1);
    }

    @Test
    void a_publication_arrives_as_it_was_stored() {
        b.links.subscribed("news");
        cables.connect();
        Publication published = new Publication(
                7,
                "id-ü",
                "{\"n\":1}".getBytes(),
                Map.of("a", "1", "b", ""),
                123,
                Publication.NEVER,
                new Publisher("u1", "c1", "{}".getBytes(), null));

        a.links.stored("news", new Position("epoch", 7), published);
        a.links.flush();
        settle();

        assertThat(b.stored).hasSize(1);
        Arrival arrived = b.stored.get(0);
        assertThat(arrived.position()).isEqualTo(new Position("epoch", 7));
        assertThat(arrived)
                .usingRecursiveComparison()
                .isEqualTo(new Arrival("news", new Position("epoch", 7), published));
    }

    @Test
    void a_batch_is_encoded_once_for_all_nodes_and_goes_in_one_frame() {
        b.links.subscribed("news");
        c.links.subscribed("news");
        cables.connect();

        a.store("news", IntStream.rangeClosed(1, 100).toArray());
        settle();

        assertThat(b.offsets("news")).hasSize(100).isEqualTo(c.offsets("news"));
        List<Sent> frames = sent(FrameKind.STORED, 1);
        assertThat(frames).hasSize(2);
        assertThat(frames.get(0).frame()).isSameAs(frames.get(1).frame());
    }

    @Test
    void a_large_batch_goes_in_frames_of_at_most_64_kib_in_order() {
        b.links.subscribed("news");
        cables.connect();

        for (int i = 1; i <= 200; i++) {
            a.links.stored("news", new Position("e", i), Cables.publication(i, 2_000));
        }
        a.links.flush();
        settle();

        assertThat(b.offsets("news"))
                .isEqualTo(LongStream.rangeClosed(1, 200).boxed().toList());
        assertThat(sent(FrameKind.STORED, 1))
                .hasSizeBetween(6, 10)
                .allMatch(each -> each.frame().length <= Frames.BATCH_BYTES);
    }

    @Test
    void a_publication_beyond_64_kib_has_a_frame_of_its_own() {
        b.links.subscribed("news");
        cables.connect();

        a.links.stored("news", new Position("e", 1), Cables.publication(1, 10));
        a.links.stored("news", new Position("e", 2), Cables.publication(2, 100_000));
        a.links.stored("news", new Position("e", 3), Cables.publication(3, 10));
        a.links.flush();
        settle();

        assertThat(b.offsets("news")).containsExactly(1L, 2L, 3L);
        assertThat(sent(FrameKind.STORED, 1)).hasSize(3);
    }

    @Test
    void what_is_too_large_for_any_frame_is_missed_by_the_others() {
        b.links.subscribed("news");
        cables.connect();
        int before = b.missed.size();

        a.links.stored("news", new Position("e", 1), Cables.publication(1, LinkReceiver.MAX_FRAME_BYTES));
        a.links.flush();
        settle();

        assertThat(b.stored).isEmpty();
        assertThat(b.missed).hasSize(before + 1);
    }

    @Test
    void messages_that_are_not_stored_and_members_reach_interested_nodes() {
        b.links.subscribed("room");
        cables.connect();

        a.links.passedOn("room", Cables.publication(0, 10));
        a.links.joined("room", new Member("u1", "c1", null, "{}".getBytes()));
        a.links.left("room", new Member("u1", "c1", null, null));
        a.links.joined("elsewhere", new Member("u1", "c1", null, null));
        settle();

        assertThat(b.passedOn).containsExactly("room m0");
        assertThat(b.members).containsExactly("+room u1", "-room u1");
        assertThat(c.passedOn).isEmpty();
        assertThat(c.members).isEmpty();
    }

    @Test
    void ten_thousand_channels_are_known_after_a_reconnect() {
        for (int i = 0; i < 10_000; i++) {
            b.links.subscribed("channel-" + i);
        }
        cables.connect();
        cables.cut(2, 1);
        simulation.until("the link is down", () -> !cables.isConnected(b));
        b.links.unsubscribed("channel-0");
        b.links.subscribed("channel-new");
        simulation.until("the link is up", () -> cables.isConnected(b));
        simulation.pass(Duration.ofSeconds(1));

        a.store("channel-0", 1);
        a.store("channel-9999", 1);
        a.store("channel-new", 1);
        settle();

        assertThat(b.stored).extracting(Arrival::stream).containsExactly("channel-9999", "channel-new");
        assertThat(sent(FrameKind.INTERESTS, 2)).allMatch(each -> each.frame().length <= Frames.BATCH_BYTES + 300);
    }

    @Test
    void a_node_whose_link_broke_missed_something_and_gets_what_comes_then() {
        b.links.subscribed("news");
        cables.connect();
        cables.cut(1, 2);
        a.store("news", 1);
        simulation.until("the link is down", () -> !cables.isConnected(a));
        a.store("news", 2);
        b.missed.clear();
        simulation.until("the link is up", () -> cables.isConnected(a));
        a.store("news", 3);
        settle();

        assertThat(b.missed).isNotEmpty();
        assertThat(b.offsets("news")).containsExactly(3L);
    }

    @Test
    void a_node_that_told_its_channels_late_learns_that_it_missed_something() {
        b.links.subscribed("news");
        cables.connect();
        cables.cut(2, 1); // b tells a nothing, a still tells b
        simulation.until("both ends know", () -> !cables.isConnected(b) && !cables.isConnected(a));
        a.store("news", 1, 2);
        b.missed.clear();
        simulation.until("the link is up", () -> cables.isConnected(b));
        settle();

        assertThat(b.offsets("news")).doesNotContain(1L);
        assertThat(b.missed).isNotEmpty();
    }

    @Test
    void a_node_that_never_reads_costs_a_bounded_queue_and_is_given_up() {
        b.links.subscribed("news");
        c.links.subscribed("news");
        cables.connect();
        cables.stopped.add(2L);
        int stored = 0;

        for (int i = 0; i < 80; i++) { // 1 MB each
            for (int j = 0; j < 50; j++) {
                stored++;
                a.links.stored("news", new Position("e", stored), Cables.publication(stored, 20_000));
            }
            a.links.flush();
            simulation.pass(Duration.ofMillis(100));
        }

        assertThat(c.offsets("news")).hasSize(stored);
        assertThat(a.links.stats().framesDropped()).isPositive();
        assertThat(a.links.stats().linksOut())
                .as("the link to the stopped node")
                .isEqualTo(1);
        assertThat(a.links.stats().linksIn()).isEqualTo(1);

        b.missed.clear();
        cables.stopped.remove(2L);
        simulation.until("it is linked again", () -> cables.isConnected(a) && cables.isConnected(b));
        settle();
        assertThat(b.missed).isNotEmpty();
        a.store("news", stored + 1);
        settle();
        assertThat(b.offsets("news")).endsWith((long) stored + 1);
    }

    @Test
    void both_ends_notice_within_six_seconds_that_a_cable_carries_nothing() {
        cables.connect();
        cables.stopped.addAll(List.of(2L));

        simulation.pass(Duration.ofSeconds(6));

        assertThat(a.links.stats().linksOut()).isEqualTo(1);
        assertThat(a.links.stats().linksIn()).isEqualTo(1);
        cables.stopped.clear();
        simulation.pass(Duration.ofMillis(200));
        assertThat(b.links.stats().linksIn()).as("of the node that was stopped").isZero();
    }

    @Test
    void a_link_without_traffic_stays_up() {
        cables.connect();
        int opened = a.attempts + b.attempts + c.attempts;

        simulation.pass(Duration.ofMinutes(10));

        assertThat(a.attempts + b.attempts + c.attempts).isEqualTo(opened);
    }

    @Test
    void attempts_to_reach_a_node_become_rarer_up_to_a_limit() {
        cables.nodes.remove(3L);
        cables.introduce();
        a.links.seen(List.of(new Node(9, Cables.address(9), Instant.EPOCH)));

        simulation.pass(Duration.ofMinutes(2));
        int first = a.attempts;
        simulation.pass(Duration.ofMinutes(2));

        assertThat(a.attempts - first).isBetween(24, 50);
    }

    @Test
    void a_node_that_the_store_has_no_more_is_given_up_once_it_does_not_answer() {
        cables.connect();
        a.links.seen(List.of());
        simulation.pass(Duration.ofSeconds(1));
        assertThat(a.links.stats().linksOut()).as("they still answer").isEqualTo(2);

        cables.nodes.remove(2L);
        cables.cut(1, 2);
        simulation.pass(Duration.ofSeconds(1));
        a.links.seen(List.of());
        int attempts = a.attempts;
        simulation.pass(Duration.ofMinutes(1));

        assertThat(a.attempts).isEqualTo(attempts);
        assertThat(a.links.others()).isEmpty();
    }

    @Test
    void an_unknown_node_that_proves_itself_has_the_store_read() {
        a.links.seen(List.of(new Node(2, Cables.address(2), Instant.EPOCH)));
        simulation.until("it is linked", () -> b.links.stats().linksIn() == 1);

        assertThat(b.looks).isEqualTo(1);
    }

    @Test
    void a_node_with_another_secret_gets_and_gives_nothing() {
        byte[] other = new byte[32];
        Arrays.fill(other, (byte) 1);
        TestNode stranger = cables.node(4, other, LinkSettings.DEFAULT);
        stranger.links.subscribed("news");
        cables.introduce();
        simulation.pass(Duration.ofSeconds(30));

        stranger.store("news", 1);
        a.store("news", 1);
        simulation.pass(Duration.ofSeconds(1));

        assertThat(stranger.links.stats().linksIn()).isZero();
        assertThat(stranger.links.stats().linksOut()).isZero();
        assertThat(a.links.stats().linksIn()).as("b and c").isEqualTo(2);
        assertThat(stranger.stored).isEmpty();
        assertThat(cables.sent.stream()
                        .filter(each -> each.from() == 1 && each.to() == 4)
                        .map(Sent::kind)
                        .distinct())
                .as("nothing but handshakes that fail")
                .containsExactlyInAnyOrder(FrameKind.HELLO, FrameKind.CHALLENGE, FrameKind.PROOF);
    }

    @Test
    void frames_and_fields_of_a_newer_version_are_skipped() {
        b.links.subscribed("news");
        cables.connect();
        cables.changed.put(1L, frame -> FrameKind.of(frame[0]) == FrameKind.STORED ? new byte[] {99, 1, 2, 3} : frame);
        a.store("news", 1);
        settle();
        cables.changed.put(1L, frame -> FrameKind.of(frame[0]) == FrameKind.STORED ? longer(frame) : frame);
        a.store("news", 2);
        settle();
        cables.changed.clear();
        a.store("news", 3);
        settle();

        assertThat(b.offsets("news")).containsExactly(2L, 3L);
        assertThat(cables.isConnected(b)).isTrue();
    }

    /** A frame with one entry, to which a newer version has added a field. */
    private static byte[] longer(byte[] frame) {
        byte[] longer = Arrays.copyOf(frame, frame.length + 5);
        longer[4] += 5; // the last byte of the entry's length
        return longer;
    }

    @Test
    void a_malformed_frame_closes_its_link_and_no_other() {
        b.links.subscribed("news");
        c.links.subscribed("news");
        cables.connect();
        int[] left = {1};
        cables.changed.put(1L, frame -> {
            boolean hit = FrameKind.of(frame[0]) == FrameKind.STORED && left[0]-- == 1;
            return hit ? Arrays.copyOf(frame, frame.length - 1) : frame;
        });

        b.missed.clear();
        c.missed.clear();
        a.store("news", 1);
        settle();
        assertThat(b.stored.size() + c.stored.size()).as("one of them").isEqualTo(1);
        simulation.pass(Duration.ofSeconds(2));
        a.store("news", 2);
        settle();

        assertThat(b.offsets("news")).endsWith(2L);
        assertThat(c.offsets("news")).endsWith(2L);
        assertThat(b.missed.isEmpty()).as("only one of them has missed it").isNotEqualTo(c.missed.isEmpty());
    }

    @Test
    void garbage_instead_of_frames_never_does_more_than_to_close_a_link() {
        b.links.subscribed("news");
        cables.connect();
        cables.changed.put(1L, frame -> {
            byte[] garbage = frame.clone();
            for (int i = 0; i < 1 + simulation.random.nextInt(4); i++) {
                garbage[simulation.random.nextInt(garbage.length)] = (byte) simulation.random.nextInt();
            }
            return garbage;
        });
        for (int i = 1; i < 2_000; i++) {
            a.store("news", i);
            a.links.joined("news", new Member("u", "c", null, null));
            simulation.pass(Duration.ofMillis(20));
        }
        cables.changed.clear();
        simulation.until("all is well again", () -> cables.isConnected(a) && cables.isConnected(b));
        simulation.pass(Duration.ofSeconds(10));
        a.store("news", 5_000);
        settle();

        assertThat(b.offsets("news")).endsWith(5_000L);
    }

    @Test
    void a_node_that_stops_closes_its_links_and_takes_no_more() {
        cables.connect();

        a.links.close();
        simulation.pass(Duration.ofSeconds(3));

        assertThat(a.links.stats().linksIn()).isZero();
        assertThat(a.links.stats().linksOut()).isZero();
        assertThat(b.links.stats().linksOut()).isEqualTo(1);
        assertThat(b.links.stats().linksIn()).isEqualTo(1);
    }
}
