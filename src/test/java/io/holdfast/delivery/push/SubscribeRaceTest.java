package io.holdfast.delivery.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.Ending;
import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.SubscriptionHandle;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.delivery.commit.Gateway;
import io.holdfast.delivery.commit.Workbench;
import io.holdfast.stream.Position;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Subscribing at the same time as unsubscribing by the server and as the end of the connection. */
class SubscribeRaceTest {
    private static final Ending BY_SERVER = new Ending(2000, "server unsubscribe");
    private static final SubscribeOptions LOUD = new SubscribeOptions(null, true, false);

    private final Workbench bench = new Workbench();

    private static void run(Runnable... works) {
        List<Thread> threads = new ArrayList<>();
        for (Runnable work : works) {
            threads.add(new Thread(work));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            try {
                thread.join(10_000);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            assertThat(thread.isAlive()).as("stuck").isFalse();
        }
    }

    @Test
    void a_connection_that_ends_while_it_is_subscribed_leaves_nothing_behind() throws Exception {
        for (int round = 0; round < 40; round++) {
            Channel channel = bench.channels.acquire("news");
            Workbench.Line line = bench.connect();
            Thread subscribing = new Thread(() -> line.connection.subscribe("news", null, LOUD));
            Thread ending = new Thread(() -> line.connection.ended(false));
            synchronized (channel) { // both come as far as they can while nobody can enter the channel
                subscribing.start();
                Gateway.until(() -> subscribing.getState() == Thread.State.BLOCKED);
                ending.start();
                Gateway.until(() -> ending.getState() == Thread.State.BLOCKED);
            }
            subscribing.join(10_000);
            ending.join(10_000);
            assertThat(channel.size()).as("subscriptions after round %s", round).isZero();
            assertThat(line.connection.subscribed("news")).isFalse();
            bench.channels.release(channel);
            assertThat(bench.channels.find("news")).isNull();
        }
    }

    @Test
    void a_connection_that_has_ended_is_subscribed_to_nothing() {
        Workbench.Line line = bench.connect();
        bench.engine.afterInfo = stream -> line.connection.ended(false);
        assertThat(line.connection.subscribe("news", null, LOUD)).isNull();
        assertThat(bench.channels.find("news")).isNull();
    }

    @Test
    void a_subscription_that_ends_before_its_announcement_is_announced_then_ended() {
        Workbench.Line line = bench.connect();
        line.connection.subscribe("news", null, LOUD);
        assertThat(line.connection.unsubscribeByServer("news", 2000, "server unsubscribe"))
                .isTrue();
        line.start("news");
        assertThat(line.write().written).containsExactly("subscribed news", "unsubscribed news 2000");
        assertThat(line.connection.subscribed("news")).isFalse();
        assertThat(bench.channels.find("news")).isNull();
    }

    @Test
    void a_handle_ends_its_own_subscription_and_no_later_one() {
        Workbench.Line line = bench.connect().subscribe("news", null);
        AtomicInteger ended = new AtomicInteger();
        SubscriptionHandle first = line.connection.subscription("news");
        first.whenEnded(ended::incrementAndGet);
        line.connection.unsubscribe("news");
        assertThat(ended).hasValue(1);
        line.subscribe("news", null);
        first.end(BY_SERVER);
        assertThat(line.connection.subscribed("news")).isTrue();
        line.connection.subscription("news").end(BY_SERVER);
        assertThat(line.connection.subscribed("news")).isFalse();
        first.whenEnded(ended::incrementAndGet);
        assertThat(ended).hasValue(2);
    }

    @Test
    void the_client_and_the_others_believe_what_is_so() {
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        for (int round = 0; round < 100; round++) {
            race(new Random(seed + round), "seed " + seed + ", round " + round);
        }
    }

    private void race(Random random, String what) {
        Workbench.Line witness = bench.connect();
        witness.connection.identify("witness", null);
        witness.connection.subscribe("news", null, new SubscribeOptions(null, false, true));
        witness.start("news").write();
        Workbench.Line line = bench.connect();
        line.connection.identify("u1", null);
        line.connection.replyConnected(new byte[] {'!'});
        int[] steps = random.ints(60, 0, 4).toArray();
        boolean ends = random.nextInt(3) == 0;
        run(
                () -> client(line, steps),
                () -> {
                    for (int step : steps) {
                        if (step < 2) {
                            line.connection.subscribeByServer("news", SubscriptionTerms.from(null), true);
                        } else {
                            line.connection.unsubscribeByServer("news", 2000, "server unsubscribe");
                        }
                    }
                },
                () -> {
                    if (ends) {
                        line.connection.ended(false);
                    }
                });
        boolean subscribed = line.connection.subscribed("news");
        if (!ends) {
            List<String> told = line.write().written.stream()
                    .filter(text -> text.matches("(subscribed|unsubscribed|left) news.*"))
                    .toList();
            boolean believes = !told.isEmpty() && told.get(told.size() - 1).startsWith("subscribed");
            assertThat(believes).as("%s: the client was told %s", what, told).isEqualTo(subscribed);
        }
        assertThat(bench.channels.find("news").size()).as(what).isEqualTo(subscribed && !ends ? 2 : 1);
        List<String> seen = witness.write().written.stream().skip(1).toList();
        for (int i = 0; i < seen.size(); i++) {
            assertThat(seen.get(i)).as("%s: of %s", what, seen).isEqualTo((i % 2 == 0 ? "join" : "leave") + " news u1");
        }
        assertThat(seen.size() % 2 == 1).as("%s: %s", what, seen).isEqualTo(subscribed && !ends);
        line.connection.ended(false);
        witness.connection.ended(false);
        assertThat(bench.channels.find("news")).as(what).isNull();
    }

    /** Its commands come one after the other, as from the transport. */
    private static void client(Workbench.Line line, int[] steps) {
        for (int step : steps) {
            if (step % 2 == 0) {
                if (line.connection.subscribe("news", (Position) null, LOUD) != null) {
                    line.start("news");
                }
            } else {
                line.connection.unsubscribe("news", "left news".getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void leaving_a_channel_costs_the_same_however_many_are_in_it() {
        SubscriptionList all = new SubscriptionList();
        Channel channel = bench.channels.acquire("crowd");
        Workbench.Line line = bench.connect();
        List<Subscription> made = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Subscription subscription = new Subscription(line.connection, channel, LOUD, new Position("e", i), i);
            made.add(subscription);
            all.add(subscription);
        }
        Random random = new Random(7);
        while (!made.isEmpty()) {
            Subscription leaves = made.remove(random.nextInt(made.size()));
            assertThat(all.remove(leaves)).isTrue();
            assertThat(all.remove(leaves)).isFalse();
            assertThat(all.each()).hasSize(made.size());
        }
        assertThat(all.isEmpty()).isTrue();
    }
}
