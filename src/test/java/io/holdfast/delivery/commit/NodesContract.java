package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.Arrivals.Arrival;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.stream.Change;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.StreamEngine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several nodes share one store, and tell each other what they store: at once, wrongly, or never. */
abstract class NodesContract {
    /** Where it can be turned off: no sweep finds anything then. */
    final AtomicBoolean headsAnswer = new AtomicBoolean(true);

    private final List<TestLinks> links = new ArrayList<>();
    private final List<Gateway> nodes = new ArrayList<>();
    private final ExecutorService carriers = Executors.newCachedThreadPool();
    private final ExecutorService publishers = Executors.newCachedThreadPool();

    /** The shared store, as a node has it. */
    abstract StreamEngine open(int node, LongSupplier clockMillis);

    @BeforeEach
    void begin() {
        for (int i = 0; i < 3; i++) {
            int number = i;
            TestLinks mine = new TestLinks();
            links.add(mine);
            nodes.add(new Gateway(settings -> settings, clock -> open(number, clock), mine));
        }
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                if (i != j) {
                    links.get(i).to.add(nodes.get(j).manager.arrivals());
                }
            }
        }
    }

    @AfterEach
    void end() {
        publishers.shutdownNow();
        nodes.forEach(node -> {
            node.close();
            node.hooked.close();
        });
        carriers.shutdownNow();
    }

    /** Time passes for the nodes. */
    private void pass(Duration time) {
        nodes.forEach(node -> node.clock.advance(time));
    }

    /** The nodes' time passes with that of the test. */
    private void soon(BooleanSupplier condition) {
        Gateway.until(() -> {
            pass(Duration.ofMillis(1));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            return condition.getAsBoolean();
        });
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private long read() {
        return nodes.stream().mapToLong(node -> node.hooked.readMessages.get()).sum();
    }

    private Gateway.Client subscriber(int node, String channel) {
        Gateway.Client client = nodes.get(node).connect();
        client.connection.replyConnected("connected".getBytes(StandardCharsets.UTF_8));
        client.subscribe(channel, null);
        return client;
    }

    @Test
    void what_one_node_stores_reaches_the_clients_of_all_and_nobody_reads() throws Exception {
        List<Gateway.Client> clients = List.of(subscriber(0, "c"), subscriber(1, "c"), subscriber(2, "c"));
        for (int i = 0; i < 10; i++) {
            nodes.get(i % 3).publish("c", "m" + i);
        }
        clients.forEach(client -> Gateway.until(() -> client.offsets("c").equals(upTo(10))));
        assertThat(read()).isZero();
    }

    @Test
    void what_never_arrives_is_found_in_the_store() throws Exception {
        links.forEach(link -> link.passes = arrival -> false);
        Gateway.Client live = subscriber(0, "c");
        Gateway.Client tab = nodes.get(0).connect();
        tab.open("ann");
        Gateway.Client otherTab = nodes.get(1).connect();
        otherTab.open("ann");
        for (int i = 0; i < 5; i++) {
            nodes.get(1).publish("c", "m" + i);
            nodes.get(2).send("ann", "n" + i);
        }
        soon(() -> live.offsets("c").equals(upTo(5)));
        soon(() -> tab.offsets("#ann").equals(upTo(5)));
        soon(() -> otherTab.offsets("#ann").equals(upTo(5)));
    }

    @Test
    void a_publication_waits_for_the_one_before_it() throws Exception {
        Gateway.Client client = subscriber(0, "c");
        List<Arrival> late = new ArrayList<>();
        links.get(1).carrier = late::addAll;
        nodes.get(1).publish("c", "first");
        nodes.get(2).publish("c", "second");
        nodes.get(0).publish("c", "third");
        assertThat(client.offsets("c")).isEmpty();
        links.get(1).carry(late);
        Gateway.until(() -> client.offsets("c").equals(upTo(3)));
        assertThat(nodes.get(0).hooked.readMessages).hasValue(0);
    }

    @Test
    void who_misses_a_publication_for_too_long_reads_it() throws Exception {
        headsAnswer.set(false);
        Gateway.Client client = subscriber(0, "c");
        links.get(1).passes = arrival -> false;
        nodes.get(1).publish("c", "first");
        nodes.get(2).publish("c", "second");
        Gateway.until(() -> {
            pass(Duration.ofNanos(Ordering.WAIT_NANOS)); // again and again: the second may not have arrived yet
            return client.offsets("c").equals(upTo(2));
        });
        nodes.get(2).publish("c", "third");
        Gateway.until(() -> client.offsets("c").equals(upTo(3)));
    }

    @Test
    void a_lost_publication_is_read_once_for_all_who_miss_it() throws Exception {
        headsAnswer.set(false);
        List<Gateway.Client> clients =
                IntStream.range(0, 300).mapToObj(i -> subscriber(0, "c")).toList();
        AtomicInteger reads = new AtomicInteger();
        nodes.get(0).hooked.afterRead = stream -> reads.incrementAndGet();
        links.get(1).passes = arrival -> false;
        nodes.get(1).publish("c", "lost");
        nodes.get(2).publish("c", "arrives");
        for (Gateway.Client client : clients) {
            Gateway.until(() -> {
                pass(Duration.ofNanos(Ordering.WAIT_NANOS)); // again and again: the second may not have arrived yet
                return client.offsets("c").equals(upTo(2));
            });
        }
        assertThat(reads).hasValue(1);
    }

    @Test
    void a_broken_link_makes_the_channels_compare() throws Exception {
        Gateway.Client client = subscriber(0, "c");
        links.get(1).passes = arrival -> false;
        nodes.get(1).publish("c", "lost");
        nodes.get(0).manager.arrivals().missed();
        Gateway.until(() -> client.offsets("c").equals(upTo(1)));
    }

    @Test
    void what_is_late_or_of_an_earlier_life_of_the_stream_is_not_delivered_again() throws Exception {
        Gateway.Client client = subscriber(0, "c");
        List<Arrival> kept = new ArrayList<>();
        links.get(1).carrier = batch -> {
            kept.addAll(batch);
            links.get(1).carry(batch);
        };
        nodes.get(1).publish("c", "first");
        Gateway.until(() -> client.offsets("c").equals(upTo(1)));
        Arrival first = kept.get(0);
        Arrival earlier = new Arrival("c", new Position("earlier", 2), first.publication());
        nodes.get(0).manager.arrivals().stored(List.of(first, earlier, first));
        nodes.get(2).publish("c", "second");
        soon(() -> client.offsets("c").size() >= 2);
        assertThat(client.offsets("c")).isEqualTo(upTo(2));
        assertThat(client.ending()).isNull();
    }

    private Gateway.Client member(int node) {
        Gateway.Client made = nodes.get(node).connect();
        made.connection.replyConnected("connected".getBytes(StandardCharsets.UTF_8));
        made.connection.subscribe("c", null, new SubscribeOptions(null, true, true));
        made.connection.start("c", "subscribed".getBytes(StandardCharsets.UTF_8));
        return made;
    }

    @Test
    void who_stands_in_a_stream_that_another_node_forgot_is_told() throws Exception {
        Gateway.Client client = subscriber(0, "c");
        nodes.get(0).publish("c", "first");
        Gateway.until(() -> client.offsets("c").equals(upTo(1)));
        StreamEngine other = nodes.get(1).hooked;
        other.apply(List.of(new Change.Discard("c", 1, 0)))
                .toCompletableFuture()
                .join();
        other.apply(List.of(new Change.ForgetStream("c", Long.MAX_VALUE, () -> true)))
                .toCompletableFuture()
                .join();
        Gateway.until(() -> client.ending() != null);
        assertThat(client.ending()).isEqualTo(Ending.INSUFFICIENT_STATE);
    }

    @Test
    void what_has_no_room_on_arrival_is_read() throws Exception {
        headsAnswer.set(false);
        Gateway.Client client = subscriber(0, "c");
        byte[] much = new byte[(int) ArrivalQueue.MOST_BYTES];
        Publication big = new Publication(1, "big", much, Map.of(), 0, Publication.NEVER, null);
        links.get(1).carrier = batch -> nodes.get(0)
                .manager
                .arrivals()
                .stored(List.of(new Arrival("c", batch.get(0).position(), big)));
        nodes.get(1).publish("c", "small");
        Gateway.until(() -> client.offsets("c").equals(upTo(1)));
        assertThat(nodes.get(0).hooked.readMessages).hasValue(1);
    }

    @Test
    void members_and_what_is_not_stored_are_told_to_all_nodes() throws Exception {
        Gateway.Client ann = member(0);
        Gateway.Client bob = member(1);
        Gateway.get(
                nodes.get(2).manager.publish("c", "now", SendOptions.defaults().nonCritical()));
        Gateway.until(() -> bob.lines().contains("c 0 now"));
        bob.leave();
        Gateway.until(() -> ann.lines().contains("leave c "));
        assertThat(ann.lines()).containsExactly("connected", "subscribed", "join c ", "join c ", "c 0 now", "leave c ");
        assertThat(links.get(1).interests).containsExactly("+c", "-c");
    }

    @Test
    void whatever_links_do_everything_arrives_once_and_in_order() throws Exception {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println(getClass().getSimpleName() + ": -Dholdfast.seed=" + seed);
        for (int i = 0; i < 3; i++) {
            TestLinks link = links.get(i);
            Random random = new Random(seed + i);
            link.carrier = batch -> misbehave(link, batch, random);
        }
        List<String> channels = List.of("a", "b");
        List<List<Gateway.Client>> clients = new ArrayList<>();
        List<Gateway.Client> tabs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int node = i;
            clients.add(
                    channels.stream().map(channel -> subscriber(node, channel)).toList());
            Gateway.Client tab = nodes.get(i).connect();
            tab.open("ann");
            tabs.add(tab);
        }
        int each = 200;
        for (Gateway node : nodes) {
            publishers.execute(() -> {
                for (int i = 0; i < each; i++) {
                    node.manager.publish(channels.get(i % 2), "m", SendOptions.defaults());
                    if (i % 4 == 0) {
                        node.manager.send("ann", "n", SendOptions.defaults());
                    }
                    LockSupport.parkNanos(200_000);
                }
            });
        }
        for (int channel = 0; channel < 2; channel++) {
            String name = channels.get(channel);
            for (List<Gateway.Client> ofNode : clients) {
                Gateway.Client client = ofNode.get(channel);
                soon(() -> client.offsets(name).size() >= 3 * each / 2);
                assertThat(client.offsets(name)).as("seed %s", seed).isEqualTo(upTo(3 * each / 2));
            }
        }
        for (Gateway.Client tab : tabs) {
            soon(() -> tab.offsets("#ann").size() >= 3 * each / 4);
            assertThat(tab.offsets("#ann")).as("seed %s", seed).isEqualTo(upTo(3 * each / 4));
        }
    }

    /** Loses, repeats, delays and mixes. */
    private void misbehave(TestLinks link, List<Arrival> batch, Random random) {
        for (Arrival arrival : batch) {
            int fate = random.nextInt(10);
            if (fate == 0) {
                continue;
            }
            link.carry(fate == 1 ? List.of(arrival, arrival) : List.of());
            if (fate < 4) {
                long delay = random.nextInt(50);
                carriers.execute(() -> {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delay));
                    link.carry(List.of(arrival));
                });
            } else {
                link.carry(List.of(arrival));
            }
        }
    }
}
