package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.StoredResources;
import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.StoredStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ResourceRemovalTest {
    private final Gateway gateway = new Gateway();
    private final StoredResources resources = gateway.manager.storedResources();

    @AfterEach
    void close() {
        gateway.close();
    }

    private static boolean get(CompletionStage<Boolean> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private long now() {
        return gateway.clock.millis();
    }

    /** A device that was there and left; the outbox has left the memory. */
    private void visited(String client, String device) {
        Gateway.Client visit = gateway.connect();
        visit.open(client, device, false, null);
        visit.leave();
        Gateway.until(() -> !gateway.engine.devices("#" + client).isEmpty());
        gateway.clock.advance(Duration.ofMinutes(1));
        Gateway.until(() -> !resources.inUse("#" + client));
    }

    @Test
    void a_device_that_is_gone_is_forgotten_and_a_second_time_it_is_still_gone() throws Exception {
        visited("u1", "phone");
        assertThat(get(resources.forgetDevice("u1", "phone", now()))).isTrue();
        assertThat(gateway.engine.devices("#u1")).isEmpty();
        assertThat(get(resources.forgetDevice("u1", "phone", now()))).isTrue();
        assertThat(get(resources.forgetDevice("nobody", "phone", now()))).isTrue();
    }

    @Test
    void a_device_that_was_seen_since_or_is_connected_stays() throws Exception {
        visited("u1", "phone");
        assertThat(get(resources.forgetDevice(
                        "u1", "phone", now() - Duration.ofHours(1).toMillis())))
                .isFalse();
        gateway.connect().open("u1", "phone", false, null);
        assertThat(resources.isConnected("u1", "phone")).isTrue();
        assertThat(get(resources.forgetDevice("u1", "phone", now() + 1_000))).isFalse();
        assertThat(gateway.engine.devices("#u1")).hasSize(1);
    }

    @Test
    void one_device_of_a_connected_client_is_forgotten_and_comes_back_as_a_new_one() throws Exception {
        visited("u1", "phone");
        Gateway.Client till = gateway.connect();
        till.open("u1", "till", false, null);

        assertThat(get(resources.forgetDevice("u1", "phone", now()))).isTrue();

        Gateway.until(() -> gateway.engine.devices("#u1").stream()
                .map(DeviceCursor::device)
                .toList()
                .equals(List.of("till")));
        gateway.send("u1", "{}");
        Gateway.until(() -> till.offsets("#u1").equals(List.of(1L)));
    }

    @Test
    void an_empty_outbox_is_forgotten_and_its_client_starts_again() throws Exception {
        visited("u1", "phone");
        assertThat(get(resources.forgetStream("#u1", now()))).isTrue();
        assertThat(resources.stored("#u1")).isEmpty();
        Gateway.Client back = gateway.connect();
        back.open("u1", "phone", false, null);
        gateway.send("u1", "{}");
        Gateway.until(() -> back.offsets("#u1").equals(List.of(1L)));
    }

    @Test
    void an_outbox_that_holds_a_message_or_is_connected_or_was_used_since_stays() throws Exception {
        visited("u1", "phone");
        gateway.send("u1", "{}");
        assertThat(get(resources.forgetStream("#u1", now()))).as("a message").isFalse();
        assertThat(resources.hasPending("u1", new DeviceCursor("phone", 0, 0))).isTrue();
        assertThat(resources.hasPending("u1", new DeviceCursor("phone", 1, 0))).isFalse();

        visited("u2", "phone");
        long unused = now() - Duration.ofHours(1).toMillis();
        assertThat(get(resources.forgetStream("#u2", unused))).as("used since").isFalse();
        gateway.connect().open("u2", "phone", false, null);
        assertThat(get(resources.forgetStream("#u2", now() + 1_000)))
                .as("connected")
                .isFalse();
    }

    @Test
    void a_channel_with_a_subscriber_stays_and_without_one_goes() throws Exception {
        gateway.engine.apply(List.of(new Change.MoveCursor("news", "x", 0, 1, false)));
        Gateway.Client reader = gateway.connect();
        reader.open("u1");
        reader.subscribe("news", null);
        assertThat(get(resources.forgetStream("news", now()))).isFalse();
        reader.leave();
        Gateway.until(() -> !resources.inUse("news"));
        assertThat(get(resources.forgetStream("news", now()))).isTrue();
        assertThat(resources.streams("", 100)).extracting(StoredStream::name).doesNotContain("news");
    }

    @Test
    void a_subscriber_during_the_removal_of_a_channel_gets_the_epoch_that_stays() throws Exception {
        Workbench bench = new Workbench();
        ResourceRemoval at = quiet(bench);
        CountDownLatch forgetting = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        bench.engine.beforeApply = changes -> {
            forgetting.countDown();
            awaitOrFail(goOn);
        };
        bench.committer.start();
        CompletionStage<Boolean> forgotten = at.forgetStream("news", bench.clock.millis());
        awaitOrFail(forgetting);
        FutureTask<RegisteredConnection.Subscribed> subscribing =
                new FutureTask<>(() -> bench.connect().connection.subscribe("news", null, SubscribeOptions.QUIET));
        Thread subscriber = new Thread(subscribing);
        subscriber.start();
        Gateway.until(
                () -> subscriber.getState() != Thread.State.NEW && subscriber.getState() != Thread.State.RUNNABLE);

        goOn.countDown();

        assertThat(get(forgotten)).isTrue();
        assertThat(subscribing.get(10, TimeUnit.SECONDS).position())
                .isEqualTo(bench.memory.info("news").top());
        bench.committer.stop();
    }

    @Test
    void an_engine_that_hangs_in_a_removal_holds_up_neither_others_nor_the_ticker() throws Exception {
        Workbench bench = new Workbench();
        ResourceRemoval at = quiet(bench);
        bench.memory.apply(List.of(new Change.MoveCursor("#u1", "phone", 0, 1, false)));
        CountDownLatch hanging = new CountDownLatch(2);
        CountDownLatch goOn = new CountDownLatch(1);
        bench.engine.beforeApply = changes -> {
            hanging.countDown();
            awaitOrFail(goOn);
        };
        // one of each: the committer could only hang in one of them
        Thread channel = new Thread(() -> bench.channels.alone("news", () -> {
            bench.engine.apply(List.of(new Change.ForgetDevice("news", "none")));
            return true;
        }));
        Thread outbox = new Thread(() -> bench.outboxes.alone("u1", known -> {
            bench.engine.apply(List.of(new Change.ForgetDevice("#u1", "none")));
            return true;
        }));
        channel.start();
        outbox.start();
        awaitOrFail(hanging);
        // enough names to meet every bin of the maps
        for (int i = 0; i < 2_000; i++) {
            bench.outboxes.release(bench.outboxes.acquire("other" + i));
            bench.channels.release(bench.channels.acquire("other" + i));
        }
        bench.clock.advance(Duration.ofMinutes(1));
        bench.outboxes.sweep();
        assertThat(channel.isAlive() && outbox.isAlive()).as("they still hang").isTrue();
        goOn.countDown();
        channel.join(10_000);
        outbox.join(10_000);
        bench.outboxes.release(bench.outboxes.acquire("u1"));
        bench.channels.release(bench.channels.acquire("news"));
        assertThat(at.inUse("news")).isFalse();
    }

    @Test
    void a_channel_whose_position_somebody_has_learned_is_not_forgotten() throws Exception {
        Workbench bench = new Workbench();
        ResourceRemoval at = quiet(bench);
        bench.committer.start();
        List<Boolean> forgotten = new ArrayList<>();
        bench.engine.afterInfo = stream -> {
            bench.engine.afterInfo = any -> {};
            try {
                forgotten.add(get(at.forgetStream("news", bench.clock.millis())));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        };
        RegisteredConnection.Subscribed subscribed =
                bench.connect().connection.subscribe("news", null, SubscribeOptions.QUIET);
        assertThat(forgotten).containsExactly(false);
        assertThat(subscribed.position()).isEqualTo(bench.memory.info("news").top());
        bench.committer.stop();
    }

    @Test
    void an_engine_that_hung_forgets_nothing_when_nobody_waits_for_it_any_more() throws Exception {
        Workbench bench = new Workbench();
        ResourceRemoval at = quiet(bench);
        List<Change> late = new ArrayList<>();
        bench.engine.beforeApply = changes -> {
            late.addAll(changes);
            throw new EngineException(EngineException.Reason.TIMEOUT, "as the test asked", null);
        };
        bench.committer.start();
        assertThatThrownBy(() -> get(at.forgetStream("news", bench.clock.millis())))
                .hasRootCauseInstanceOf(EngineException.class);
        bench.memory.apply(late);
        assertThat(late).hasSize(1);
        assertThat(bench.memory.stored("news")).isPresent();
        bench.committer.stop();
    }

    @Test
    void a_subscriber_to_whom_the_engine_gives_no_position_leaves_no_channel_behind() {
        Workbench bench = new Workbench();
        bench.engine.afterInfo = stream -> {
            throw new EngineException(EngineException.Reason.IO, "as the test asked", null);
        };
        assertThatThrownBy(() -> bench.connect().connection.subscribe("news", null, SubscribeOptions.QUIET))
                .isInstanceOf(EngineException.class);
        assertThat(bench.channels.find("news")).isNull();
    }

    /** With an empty channel, {@code news}. */
    private static ResourceRemoval quiet(Workbench bench) {
        bench.memory.apply(List.of(new Change.MoveCursor("news", "x", 0, 1, false)));
        return new ResourceRemoval(
                bench.engine, bench.outboxes, bench.channels, bench.deadLetters, bench.committer, bench.clock);
    }

    private static void awaitOrFail(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void after_the_end_nothing_is_removed_and_the_caller_is_told() throws Exception {
        visited("u1", "phone");
        gateway.manager.stop();
        assertThatThrownBy(() -> get(resources.forgetDevice("u1", "phone", now())))
                .hasRootCauseInstanceOf(DeliveryException.class);
    }
}
