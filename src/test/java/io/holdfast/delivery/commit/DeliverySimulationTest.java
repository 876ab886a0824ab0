package io.holdfast.delivery.commit;

import static io.holdfast.delivery.commit.Gateway.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.Position;
import io.holdfast.stream.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that come and go at random moments while others publish: each stream arrives whole, in order, each offset once. */
class DeliverySimulationTest {
    private static final int MESSAGES = 3_000;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void a_client_that_presents_its_position_gets_everything_once(long seed) throws Exception {
        Random random = new Random(seed);
        try (Gateway gateway = new Gateway()) {
            gateway.retain(MESSAGES);
            List<CompletionStage<Receipt>> receipts = new ArrayList<>();
            Thread publisher = new Thread(() -> {
                Random pace = new Random(seed + 1);
                for (int i = 0; i < MESSAGES; i++) {
                    receipts.add(gateway.manager.send("u1", "m" + i, SendOptions.defaults()));
                    if (pace.nextInt(50) == 0) {
                        Thread.yield();
                    }
                }
            });
            publisher.start();
            List<Long> seen = new ArrayList<>();
            Position position = null;
            while (seen.size() < MESSAGES) {
                // On a slow machine many lines are cut before their pongs, and no clock goes on.
                gateway.manager.resetBreakers("u1");
                Gateway.Client client = gateway.connect();
                client.open("u1", null, random.nextBoolean(), position);
                int enough = 1 + random.nextInt(400);
                int before = seen.size();
                until(() -> client.offsets("#u1").size() >= Math.min(enough, MESSAGES - before));
                if (random.nextBoolean()) {
                    gateway.clock.advance(Duration.ofSeconds(1));
                }
                if (random.nextBoolean()) {
                    client.leave();
                } else {
                    client.vanish();
                }
                // what is still written after the client has turned away does not count, as with a cut line
                List<Long> got = client.offsets("#u1");
                seen.addAll(got);
                if (!got.isEmpty()) {
                    position = new Position(gateway.engine.info("#u1").top().epoch(), got.get(got.size() - 1));
                }
            }
            publisher.join();

            assertThat(seen)
                    .as("offsets with seed %s", seed)
                    .isEqualTo(LongStream.rangeClosed(1, MESSAGES).boxed().toList());
        }
    }
}
