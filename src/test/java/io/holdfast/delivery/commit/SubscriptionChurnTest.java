package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.holdfast.delivery.Connection;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.SubscribeOptions;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Subscriptions that come and go in great numbers cost the same each time, and nothing of them stays. */
class SubscriptionChurnTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int CONNECTIONS = 4;
    private static final int MANY = 100_000;

    /** How many fewer the first, small run has. */
    private static final int SMALLER = 8;

    /** Quadratic cost would be {@link #SMALLER} times the linear one. */
    private static final double MOST_ABOVE_LINEAR = SMALLER / 2.0;

    /** A leak of a name, or of a subscription, would take at least 40 bytes each time. */
    private static final long NOTHING_BYTES = MANY * 20L;

    /** So that a clock's tick counts for nothing. */
    private static final long SHORT_NANOS = 20_000_000;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final Gateway gateway = new Gateway();
    private int runs;
    private final List<RegisteredConnection> connections = new ArrayList<>();

    SubscriptionChurnTest() {
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(gateway.manager.register("churn" + i, new Discarding(), PlainFormat.INSTANCE, ""));
            connections.get(i).identify("client" + i, null);
        }
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    /** Keeps nothing of what is written to it. */
    private static final class Discarding implements Connection {
        @Override
        public void send(byte[] frame, int length) {}

        @Override
        public void sendAsync(byte[] frame, int length, Consumer<Throwable> done) {
            done.accept(null);
        }

        @Override
        public void close(Ending why) {}
    }

    private static void subscribe(RegisteredConnection connection, String channel) {
        assertThat(connection.subscribe(channel, null, SubscribeOptions.QUIET)).isNotNull();
        connection.start(channel, new byte[] {1});
    }

    private static void leave(RegisteredConnection connection, String channel) {
        assertThat(connection.unsubscribe(channel)).isTrue();
    }

    /** Each of them alternates between in and out, at random among the others. */
    private void oneChannel(int changes) {
        for (int i = 0; i < changes; i++) {
            RegisteredConnection connection = connections.get(random.nextInt(CONNECTIONS));
            if (connection.subscribed("one")) {
                leave(connection, "one");
            } else {
                subscribe(connection, "one");
            }
        }
        connections.forEach(connection -> connection.unsubscribe("one"));
    }

    private List<String> freshNames(int count) {
        int run = ++runs;
        List<String> names = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            names.add("channel:" + run + "-" + i);
        }
        return names;
    }

    /** The engine in memory keeps every stream that it was asked about. */
    private void forget(List<String> names) {
        names.forEach(gateway.engine::beginAnew);
    }

    /** All of them are subscribed before the first is left, and they are left in another order; some have an end set. */
    private void manyChannels(int count) {
        List<String> names = freshNames(count);
        for (int i = 0; i < count; i++) {
            RegisteredConnection connection = connections.get(i % CONNECTIONS);
            subscribe(connection, names.get(i));
            connection.subscription(names.get(i)).endAt(Instant.MAX.minusSeconds(random.nextInt(1_000_000)), null);
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        for (int i : order) {
            leave(connections.get(i % CONNECTIONS), names.get(i));
        }
        forget(names);
    }

    /** Each channel is left before the next. */
    private void oneAfterTheOther(int count) {
        List<String> names = freshNames(count);
        for (String name : names) {
            RegisteredConnection connection = connections.get(random.nextInt(CONNECTIONS));
            subscribe(connection, name);
            leave(connection, name);
        }
        forget(names);
    }

    private static long liveBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    private static long cpuNanos(Runnable work) {
        long before = THREADS.getCurrentThreadCpuTime();
        work.run();
        return THREADS.getCurrentThreadCpuTime() - before;
    }

    private void isLinearAndLeavesNothing(IntConsumer churn) {
        churn.accept(MANY); // classes, tables, compiled code
        long heapBefore = liveBytes();
        long small = cpuNanos(() -> churn.accept(MANY / SMALLER));
        long large = cpuNanos(() -> churn.accept(MANY));
        long kept = liveBytes() - heapBefore;

        assertThat(large)
                .as("ns for %d, seed %d; for an eighth of it %d", MANY, seed, small)
                .isLessThan((long) ((small + SHORT_NANOS) * SMALLER * MOST_ABOVE_LINEAR));
        assertThat(kept).as("bytes kept, seed %d", seed).isLessThan(NOTHING_BYTES);
        assertThat(gateway.manager.channels("")).isEmpty();
        connections.forEach(
                connection -> assertThat(connection.ordinarySubscriptions()).isZero());
    }

    @Test
    void joins_and_leaves_of_one_channel_cost_the_same_each_time_and_leave_nothing() {
        isLinearAndLeavesNothing(this::oneChannel);
    }

    @Test
    void joins_and_leaves_of_many_channels_at_once_are_linear_and_leave_nothing() {
        isLinearAndLeavesNothing(this::manyChannels);
    }

    @Test
    void channels_one_after_the_other_are_linear_and_leave_nothing() {
        isLinearAndLeavesNothing(this::oneAfterTheOther);
    }
}
