package io.holdfast.delivery.commit;

import static io.holdfast.delivery.commit.Gateway.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.DeliveryStats;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.Position;
import io.holdfast.stream.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Much goes wrong, or much is sent twice; the figures are printed. Seeded by {@code -Dholdfast.seed}. */
class StressTest {
    private static final int CLIENTS = 40;
    private static final int ROUNDS = 60;
    private static final int DUPLICATED = 100_000;

    private final long seed = Long.getLong("holdfast.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Gateway gateway = new Gateway();

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void clients_that_fail_all_the_time_lose_nothing_and_cost_the_others_nothing() throws Exception {
        gateway.retain(100_000);
        gateway.timeToLive = Duration.ofDays(30); // the clock runs while this waits
        List<List<Gateway.Client>> lives = new ArrayList<>();
        int[] sent = new int[CLIENTS];
        for (int i = 0; i < CLIENTS; i++) {
            lives.add(new ArrayList<>());
        }
        Gateway.Client healthy = gateway.connect();
        healthy.open("healthy");
        int healthySent = 0;
        long start = System.nanoTime();
        int failures = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < CLIENTS; i++) {
                Gateway.Client client = gateway.connect();
                lives.get(i).add(client);
                if (random.nextBoolean()) {
                    client.ignorePings();
                }
                client.open("u" + i);
                gateway.send("u" + i, "m" + ++sent[i]);
                switch (random.nextInt(5)) {
                    case 0 -> client.leave();
                    case 1 -> client.vanish();
                    case 2 -> client.connection.fail(Ending.NO_PONG);
                    case 3 -> client.connection.fail(Ending.SLOW);
                    default -> client.connection.fail(Ending.WRITE_ERROR);
                }
                failures++;
                assertThat(client.offsets("#u" + i)).isSorted().doesNotHaveDuplicates();
            }
            gateway.send("healthy", "h" + ++healthySent);
            gateway.clock.advance(Duration.ofSeconds(random.nextInt(3)));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        int expected = healthySent;
        until(() -> healthy.offsets("#healthy").size() == expected);
        DeliveryStats stats = gateway.manager.stats();
        assertThat(stats.circuitBreaker().opens()).isPositive();
        gateway.manager.breakers(null).forEach(breaker -> gateway.manager.resetBreakers(breaker.client()));
        for (int i = 0; i < CLIENTS; i++) {
            String outbox = "#u" + i;
            List<Gateway.Client> ofOne = lives.get(i);
            ofOne.add(fromTheBeginning("u" + i));
            long top = sent[i];
            String name = "u" + i;
            long dead = gateway.manager.deadLetters("u" + i, 0, 1_000).size();
            until(() -> {
                gateway.clock.advance(Duration.ofSeconds(1));
                if (ofOne.get(ofOne.size() - 1).ending() != null) { // the clock was faster than its pong
                    ofOne.add(fromTheBeginning(name));
                }
                List<Long> got = ofOne.get(ofOne.size() - 1).offsets(outbox);
                return !got.isEmpty() && got.get(got.size() - 1) == top;
            });
            Set<Long> all = new HashSet<>(); // only now: a life may hear something until its end
            ofOne.forEach(life -> all.addAll(life.offsets(outbox)));
            assertThat(all.size() + dead).as("client %s, seed %s", i, seed).isGreaterThanOrEqualTo(top);
        }
        System.out.printf(
                "StressTest: seed %d, %d failures (%.0f/s), breakers opened %d, half-opened %d, closed %d; dead %d%n",
                seed,
                failures,
                failures / seconds,
                stats.circuitBreaker().opens(),
                stats.circuitBreaker().halfOpens(),
                stats.circuitBreaker().closes(),
                stats.messages().dead());
    }

    private Gateway.Client fromTheBeginning(String client) {
        Gateway.Client connected = gateway.connect();
        connected.open(
                client,
                null,
                false,
                new Position(gateway.engine.info("#" + client).top().epoch(), 0));
        return connected;
    }

    @Test
    void of_many_repetitions_each_message_is_stored_once() throws Exception {
        gateway.retain(100_000);
        Gateway.Client client = gateway.connect();
        client.open("u1");
        long start = System.nanoTime();
        List<CompletionStage<Receipt>> receipts = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        int duplicates = 0;
        for (int i = 0; i < DUPLICATED; i++) {
            String id = "m" + random.nextInt(DUPLICATED / 20);
            duplicates += ids.add(id) ? 0 : 1;
            receipts.add(gateway.manager.send("u1", id, SendOptions.defaults().withId(id)));
            if (receipts.size() == 1_000) {
                for (CompletionStage<Receipt> receipt : receipts) {
                    Gateway.get(receipt);
                }
                receipts.clear();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        until(() -> client.offsets("#u1").size() == ids.size());
        assertThat(new HashSet<>(client.lines())).hasSize(client.lines().size());
        assertThat(gateway.manager.stats().messages().deduplicated()).isEqualTo(duplicates);
        assertThat(gateway.manager.stats().messages().accepted()).isEqualTo(ids.size());
        System.out.printf(
                "StressTest: seed %d, %d publishes, %d repeated (%.0f publishes/s)%n",
                seed, DUPLICATED, duplicates, DUPLICATED / seconds);
    }
}
