package io.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.LONG;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store that several nodes share tells them about each other. */
public abstract class SharedStoreContract {
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final NodeAddress ADDRESS = new NodeAddress(URI.create("http://10.0.0.1:9080"), "1.2");
    private static final Retention WIDE = new Retention(1_000, 1 << 20, Retention.Overflow.DROP_OLDEST);

    private final List<StreamEngine> engines = new ArrayList<>();
    private SharedStore here;
    private SharedStore there;

    /** One more node on this test's store. */
    protected abstract StreamEngine node();

    @BeforeEach
    void openNodes() {
        here = open();
        there = open();
    }

    @AfterEach
    void closeNodes() {
        engines.forEach(StreamEngine::close);
    }

    private SharedStore open() {
        StreamEngine engine = node();
        engines.add(engine);
        return engine.shared().orElseThrow();
    }

    private static <T> T await(CompletionStage<T> stage) {
        return StreamEngineContract.await(stage);
    }

    @Test
    void a_node_hears_once_which_of_its_devices_another_one_has_claimed() {
        engines.get(0).open("#ann", "till");
        engines.get(0).open("#ann", "phone");
        assertThat(here.takenOver()).isEmpty();
        engines.get(1).open("#ann", "till");
        long last = engines.get(1).open("#ann", "till").fence();

        assertThat(there.takenOver()).isEmpty();
        assertThat(here.takenOver())
                .extracting(SharedStore.TakenOver::stream, SharedStore.TakenOver::device)
                .containsExactly(tuple("#ann", "till"));
        assertThat(here.takenOver()).isEmpty();
        engines.get(0).open("#ann", "till");
        assertThat(there.takenOver())
                .singleElement()
                .extracting(SharedStore.TakenOver::fence, LONG)
                .isGreaterThan(last);
    }

    @Test
    void who_has_left_a_device_does_not_hear_who_claims_it() {
        long fence = engines.get(0).open("#ann", "till").fence();
        await(engines.get(0)
                .apply(List.of(new Change.MoveCursor("#ann", "till", 0, 1_000, false, new Claim(fence, false)))));
        engines.get(1).open("#ann", "till");
        assertThat(here.takenOver()).isEmpty();
    }

    @Test
    void what_a_node_changes_of_a_device_that_another_one_has_claimed_is_refused() {
        await(engines.get(0).append(List.of(append("#ann", "a"), append("#ann", "b"))));
        long first = engines.get(0).open("#ann", "till").fence();
        long second = engines.get(1).open("#ann", "till").fence();
        Change late = new Change.MoveCursor("#ann", "till", 2, 1_000, true, new Claim(first, true));
        assertThat(await(engines.get(0).apply(List.of(late))).refused())
                .containsExactly(new Applied.Refused("#ann", "till", first));
        Change right = new Change.MoveCursor("#ann", "till", 1, 1_000, true, new Claim(second, true));
        assertThat(await(engines.get(1).apply(List.of(right))).refused()).isEmpty();
        assertThat(engines.get(0).devices("#ann"))
                .singleElement()
                .extracting(DeviceCursor::offset, DeviceCursor::claim)
                .containsExactly(1L, new Claim(second, true));
    }

    private static final long LONG_AGO = 2 * StreamEngine.SURELY_LATER.toMillis();

    @Test
    void a_late_claim_for_an_older_connection_is_outdated_and_its_node_hears_so() {
        await(engines.get(0).append(List.of(append("#ann", "a"))));
        long present = engines.get(0).open("#ann", "till").fence();
        Opened late = engines.get(1).open("#ann", "till", LONG_AGO);
        assertThat(late.known()).isTrue();
        Change change = new Change.MoveCursor("#ann", "till", 1, 1_000, true, new Claim(late.fence(), true));
        assertThat(await(engines.get(1).apply(List.of(change))).refused())
                .containsExactly(new Applied.Refused("#ann", "till", late.fence()));
        assertThat(here.takenOver()).isEmpty();
        assertThat(there.takenOver()).singleElement().satisfies(told -> {
            assertThat(told.device()).isEqualTo("till");
            assertThat(told.fence()).isEqualTo(present);
            assertThat(told.laterMillis()).isBetween(LONG_AGO - 1_000, LONG_AGO);
        });
        Change right = new Change.MoveCursor("#ann", "till", 1, 1_000, true, new Claim(present, true));
        assertThat(await(engines.get(0).apply(List.of(right))).refused()).isEmpty();
    }

    @Test
    void a_claim_counts_whose_connection_may_be_the_newer_one_or_that_finds_none() {
        engines.get(0).open("#ann", "till", LONG_AGO);
        engines.get(1).open("#ann", "till", LONG_AGO + 10);
        assertThat(here.takenOver())
                .as("the clocks of nodes differ")
                .singleElement()
                .satisfies(told -> assertThat(told.laterMillis()).isBetween(-10L, 60_000L));
        long fence = engines.get(0).open("#ann", "till").fence();
        assertThat(there.takenOver()).as("a newer one").hasSize(1);
        await(engines.get(0)
                .apply(List.of(new Change.MoveCursor("#ann", "till", 0, 1_000, false, new Claim(fence, false)))));
        long last = engines.get(1).open("#ann", "till", LONG_AGO).fence();
        assertThat(last).as("nobody has it").isGreaterThan(fence);
        assertThat(engines.get(1).open("#ann", "till", 2 * LONG_AGO).fence())
                .as("its own node decides by itself")
                .isGreaterThan(last);
    }

    private String note(int node) {
        return engines.get(node).devices("#ann").stream()
                .filter(each -> each.device().equals("till"))
                .map(DeviceCursor::note)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void what_a_node_notes_of_a_device_the_next_one_gets_when_it_claims_it() {
        long older = engines.get(0).open("#ann", "till").fence();
        assertThat(note(0)).isEmpty();
        Change.Note failing = new Change.Note("#ann", "till", "1 2 3", new Claim(older, false));
        Change.Note nobody = new Change.Note("#ann", "phone", "4", Claim.NONE);
        await(engines.get(0).apply(List.of(failing, nobody, new Change.Note("#bob", "till", "5", Claim.NONE))));

        Opened claimed = engines.get(1).open("#ann", "till");
        assertThat(claimed.devices())
                .singleElement()
                .extracting(DeviceCursor::note)
                .isEqualTo("1 2 3");
        Change.Note late = new Change.Note("#ann", "till", "late", new Claim(older, true));
        assertThat(await(engines.get(0).apply(List.of(late))).refused())
                .containsExactly(new Applied.Refused("#ann", "till", older));
        assertThat(note(0)).isEqualTo("1 2 3");
        await(engines.get(1)
                .apply(List.of(
                        new Change.MoveCursor("#ann", "till", 0, 1_000, true, new Claim(claimed.fence(), true)),
                        new Change.Note("#ann", "till", "", new Claim(claimed.fence(), true)))));
        assertThat(note(0)).isEmpty();
    }

    @Test
    void what_is_connected_to_another_node_is_not_forgotten() {
        long fence = engines.get(0).open("#ann", "till").fence();
        Change forgetDevice = new Change.ForgetDevice("#ann", "till");
        Change forgetStream = new Change.ForgetStream("#ann", Long.MAX_VALUE, () -> true);
        await(engines.get(1).apply(List.of(forgetDevice, forgetStream)));
        assertThat(engines.get(1).devices("#ann")).hasSize(1);

        await(engines.get(0)
                .apply(List.of(new Change.MoveCursor("#ann", "till", 0, 1_000, false, new Claim(fence, false)))));
        await(engines.get(1).apply(List.of(forgetDevice, forgetStream)));
        assertThat(engines.get(1).stored("#ann")).isEmpty();
    }

    @Test
    void of_two_nodes_that_confirm_the_same_message_one_is_told() {
        await(engines.get(0).append(List.of(append("#ann", "a"))));
        Change till = new Change.MoveCursor("#ann", "till", 1, 1_000, true);
        Change phone = new Change.MoveCursor("#ann", "phone", 1, 1_000, true);
        assertThat(await(engines.get(0).apply(List.of(till))).confirmed()).hasSize(1);
        assertThat(await(engines.get(1).apply(List.of(phone))).confirmed()).isEmpty();
    }

    private static Append append(String stream, String id) {
        return new Append(
                stream, id, "{}".getBytes(StandardCharsets.UTF_8), Map.of(), 1_000, Publication.NEVER, 0, WIDE);
    }

    private static List<Long> numbers(List<Node> nodes) {
        return nodes.stream().map(Node::number).toList();
    }

    @Test
    void a_number_is_never_given_again() {
        long first = here.node();
        engines.get(0).close();
        assertThat(open().node()).isNotIn(first, there.node());
    }

    @Test
    void nodes_see_each_other_once_they_are_announced_the_oldest_first() {
        assertThat(here.nodes()).isEmpty();
        there.announce(ADDRESS, LEASE);
        NodeAddress mine = new NodeAddress(URI.create("https://[fe80::1]:9443/base"), "");
        here.announce(mine, LEASE);
        assertThat(here.nodes()).isEqualTo(there.nodes());
        assertThat(numbers(here.nodes())).containsExactly(there.node(), here.node());
        assertThat(here.nodes()).extracting(Node::address).containsExactly(ADDRESS, mine);
        assertThat(here.nodes().get(0).since())
                .isBeforeOrEqualTo(here.nodes().get(1).since());
    }

    @Test
    void an_announcement_that_is_renewed_keeps_its_place_and_takes_the_new_address() {
        here.announce(ADDRESS, LEASE);
        there.announce(ADDRESS, LEASE);
        Node before = here.nodes().get(0);
        NodeAddress moved = new NodeAddress(URI.create("http://10.0.0.2:9080"), "1.3");
        here.announce(moved, LEASE);
        assertThat(there.nodes().get(0)).isEqualTo(new Node(before.number(), moved, before.since()));
    }

    @Test
    void a_node_that_let_its_lease_end_is_not_seen_and_is_the_newest_when_it_comes_back() {
        here.announce(ADDRESS, Duration.ofMillis(1));
        there.announce(ADDRESS, LEASE);
        while (there.nodes().size() > 1) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(numbers(there.nodes())).containsExactly(there.node());
        here.announce(ADDRESS, LEASE);
        assertThat(numbers(there.nodes())).containsExactly(there.node(), here.node());
    }

    @Test
    void a_node_that_withdraws_or_closes_is_not_seen_any_more() {
        here.announce(ADDRESS, LEASE);
        there.announce(ADDRESS, LEASE);
        here.withdraw();
        here.withdraw();
        assertThat(numbers(there.nodes())).containsExactly(there.node());
        SharedStore third = open();
        third.announce(ADDRESS, LEASE);
        engines.get(1).close();
        assertThat(numbers(here.nodes())).containsExactly(third.node());
    }

    @Test
    void all_nodes_know_the_same_secret() {
        assertThat(here.secret()).hasSize(32).isEqualTo(there.secret()).isEqualTo(open().secret());
    }

    @Test
    void all_nodes_know_the_stores_clock() {
        long before = here.clockMillis();
        here.nodes();
        there.heads(List.of("a"));
        assertThat(there.clockMillis()).isBetween(before - 100, before + 10_000);
        assertThat(here.clockMillis()).isBetween(before - 100, before + 10_000);
    }

    @Test
    void heads_are_those_that_any_node_has_stored_and_the_beginning_of_unwritten_streams() {
        List<Append> batch = List.of(append("a", "1"), append("a", "2"), append("#\u00fc", "3"));
        StreamEngineContract.await(engines.get(0).append(batch));
        StreamEngineContract.await(engines.get(1).append(List.of(append("a", "4"))));
        Map<String, Position> heads = there.heads(List.of("a", "#\u00fc", "unwritten"));
        assertThat(heads).containsOnlyKeys("a", "#\u00fc", "unwritten");
        heads.forEach((stream, head) ->
                assertThat(head).isEqualTo(engines.get(0).info(stream).top()));
        assertThat(heads.values()).extracting(Position::offset).containsExactlyInAnyOrder(3L, 1L, 0L);
        assertThat(here.heads(List.of())).isEmpty();
    }

    @Test
    void the_heads_of_many_streams_are_read_at_once() {
        StreamEngineContract.await(engines.get(0).append(List.of(append("s7", "1"))));
        List<String> names =
                IntStream.range(0, 10_000).mapToObj(number -> "s" + number).toList();
        Map<String, Position> heads = here.heads(names);
        assertThat(heads).hasSize(10_000);
        assertThat(heads.values().stream().mapToLong(Position::offset).sum()).isEqualTo(1);
    }

    @Test
    void one_node_at_a_time_has_a_task_until_its_lease_ends() throws Exception {
        assertThat(here.take("cleaning", LEASE)).isTrue();
        assertThat(there.take("cleaning", LEASE)).isFalse();
        assertThat(there.take("another", LEASE)).isTrue();
        assertThat(here.take("cleaning", Duration.ofMillis(50))).as("kept").isTrue();
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!there.take("cleaning", LEASE)) {
            assertThat(System.nanoTime()).as("the lease has ended").isLessThan(end);
            Thread.onSpinWait();
        }
        assertThat(here.take("cleaning", LEASE)).isFalse();
    }
}
