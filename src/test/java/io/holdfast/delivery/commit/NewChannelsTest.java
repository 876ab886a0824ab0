package io.holdfast.delivery.commit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.AdmissionSettings;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.MovedClock;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.commit.AppendQueue.Pending;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.stream.Append;
import io.holdfast.stream.Change;
import io.holdfast.stream.MemoryEngine;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Publisher;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.Retention;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many channels clients may begin by publishing. */
class NewChannelsTest {
    private static final byte[] DATA = {'1'};

    private Gateway gateway = new Gateway();

    @AfterEach
    void close() {
        gateway.close();
    }

    private void storeHolds(int channels) {
        gateway.close();
        gateway = new Gateway(settings -> withChannels(settings, channels));
    }

    private static DeliverySettings withChannels(DeliverySettings all, int channels) {
        return new DeliverySettings(
                all.sendBufferBytes(),
                all.frameBytes(),
                all.creditBytes(),
                all.pingAfterBytes(),
                all.pingInterval(),
                all.pongTimeout(),
                all.confirmInterval(),
                all.sendTimeout(),
                all.maxPublicationBytes(),
                all.queueMessages(),
                all.queueBytes(),
                all.receiptTimeout(),
                all.batchMessages(),
                all.batchBytes(),
                all.readers(),
                all.devicesPerClient(),
                all.drainTimeout(),
                new AdmissionSettings(0, 0, 0, 0, channels, 85, 93),
                all.breaker(),
                all.poison());
    }

    /** @return why it was refused; null where it was stored */
    private @Nullable Reason publish(String client, String connection, String channel) {
        Publisher publisher = new Publisher(client, connection, null, null);
        CompletionStage<Receipt> receipt = gateway.manager.publish(channel, DATA, SendOptions.defaults(), publisher);
        try {
            receipt.toCompletableFuture().join();
            return null;
        } catch (CompletionException e) {
            return ((DeliveryException) e.getCause()).reason();
        }
    }

    private long hits(Limit limit) {
        return gateway.manager.stats().limits().get(limit.word());
    }

    @Test
    void a_client_begins_an_hours_worth_over_all_its_connections_and_then_one_at_a_time() {
        gateway.newChannelsPerHour = 3;
        assertThat(publish("u1", "a", "one")).isNull();
        assertThat(publish("u1", "b", "two")).isNull();
        assertThat(publish("u1", "c", "three")).isNull();

        assertThat(publish("u1", "d", "four")).isEqualTo(Reason.TOO_MANY_CHANNELS);
        assertThat(gateway.engine.stored("four")).as("nothing is stored").isEmpty();
        assertThat(hits(Limit.NEW_CHANNELS)).isEqualTo(1);
        assertThat(publish("u1", "d", "one")).as("it exists").isNull();
        assertThat(publish("u1", "d", "free:one")).as("has no limit").isNull();
        assertThat(publish("u2", "e", "five")).as("another client").isNull();

        gateway.clock.advance(Duration.ofMinutes(20));
        assertThat(publish("u1", "a", "four")).isNull();
        assertThat(publish("u1", "a", "six")).isEqualTo(Reason.TOO_MANY_CHANNELS);
    }

    @Test
    void publishers_that_are_no_clients_begin_any_number_and_clients_may_use_them() throws Exception {
        gateway.newChannelsPerHour = 1;
        for (int i = 0; i < 10; i++) {
            gateway.publish("server" + i, "x");
            assertThat(publish("u1", "a", "server" + i)).isNull();
        }
        assertThat(publish("u1", "a", "own")).as("none of those counted").isNull();
    }

    @Test
    void no_client_creates_a_channel_while_the_store_holds_the_most_channels() throws Exception {
        storeHolds(3);
        gateway.publish("server", "x");
        gateway.send("outbox does not count", "x");
        assertThat(publish("u1", "a", "one")).isNull();
        assertThat(publish("u2", "b", "two")).isNull();

        assertThat(publish("u3", "c", "three")).isEqualTo(Reason.TOO_MANY_CHANNELS);
        assertThat(hits(Limit.STORED_CHANNELS)).isEqualTo(1);
        assertThat(publish("u3", "c", "server")).as("it exists").isNull();
        gateway.publish("by the server", "x");

        for (String channel : List.of("one", "two")) {
            gateway.engine.apply(List.of(new Change.Discard(channel, 1, gateway.clock.millis())));
            gateway.engine.apply(List.of(new Change.ForgetStream(channel, gateway.clock.millis(), () -> true)));
        }
        assertThat(publish("u3", "c", "three")).as("there is room again").isNull();
    }

    @Test
    void one_batch_can_begin_no_more_than_one_after_the_other() {
        MovedClock clock = new MovedClock();
        Counters counters = new Counters();
        MemoryEngine engine = new MemoryEngine(clock::millis);
        NewChannels bound = new NewChannels(engine, channel -> 2, 3, clock, counters);
        List<Pending> batch = List.of(
                pending("u1", "a", clock),
                pending("u1", "a", clock),
                pending("u2", "a", clock),
                pending("u1", "b", clock),
                pending("u1", "c", clock),
                pending("u2", "d", clock),
                pending("u2", "e", clock),
                pending("u1", "b", clock),
                pending(null, "f", clock));
        Map<Limit, List<Pending>> refused = new EnumMap<>(Limit.class);

        List<Pending> within = bound.within(batch, refused);

        assertThat(channels(within)).containsExactly("a", "a", "a", "b", "d", "b", "f");
        assertThat(channels(refused.get(Limit.NEW_CHANNELS))).containsExactly("c");
        assertThat(channels(refused.get(Limit.STORED_CHANNELS))).containsExactly("e");
    }

    private static List<String> channels(List<Pending> batch) {
        return batch.stream().map(each -> each.append().stream()).toList();
    }

    private static Pending pending(@Nullable String client, String channel, MovedClock clock) {
        Publisher publisher = client == null ? null : new Publisher(client, "c", null, null);
        Append append = new Append(
                channel,
                "id",
                "1".getBytes(UTF_8),
                Map.of(),
                clock.millis(),
                Publication.NEVER,
                0,
                new Retention(10, 1_000, Retention.Overflow.DROP_OLDEST),
                publisher,
                null);
        return new Pending(append, 1, new CompletableFuture<>(), false, clock.nanos());
    }
}
