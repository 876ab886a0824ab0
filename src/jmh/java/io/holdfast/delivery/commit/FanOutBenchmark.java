package io.holdfast.delivery.commit;

import io.holdfast.delivery.push.OpenConnection;
import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.Connection;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.WireFormat;

import io.holdfast.protocol.JsonCodec;
import io.holdfast.stream.MemoryEngine;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the hub and the writer cost for each delivery, with transports that swallow frames and answer pings at once: all of
 * ours and nothing of the server's or the kernel's.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class FanOutBenchmark {
    private static final int SUBSCRIBERS = 1_000;
    private static final int BURST = 8;

    private final byte[] payload = ("{\"text\":\"" + "x".repeat(117) + "\"}").getBytes(StandardCharsets.UTF_8);
    private Rig rig;

    @Setup(Level.Trial)
    public void connect() {
        rig = new Rig(new MemoryEngine(System::currentTimeMillis));
        for (int i = 0; i < SUBSCRIBERS; i++) {
            Swallower transport = new Swallower();
            OpenConnection connection = rig.manager.register("c" + i, transport, JsonFormat.INSTANCE, "");
            transport.connection = connection;
            connection.replyConnected("{}".getBytes(StandardCharsets.UTF_8));
            connection.subscribe("bench", null, SubscribeOptions.QUIET);
            connection.start("bench", "{}".getBytes(StandardCharsets.UTF_8));
        }
    }

    @TearDown(Level.Trial)
    public void close() throws Exception {
        rig.close();
    }

    /** One publication to everybody. */
    @Benchmark
    @OperationsPerInvocation(SUBSCRIBERS)
    public void alone() {
        publish(1);
    }

    /** Eight in flight, so that frames hold several. */
    @Benchmark
    @OperationsPerInvocation(SUBSCRIBERS * BURST)
    public void burst() {
        publish(BURST);
    }

    private void publish(int count) {
        long before = rig.manager.stats().messages().sent();
        for (int i = 0; i < count; i++) {
            rig.manager.publish("bench", payload, SendOptions.defaults());
        }
        while (rig.manager.stats().messages().sent() - before < (long) count * SUBSCRIBERS) {
            Thread.onSpinWait();
        }
    }

    /** Takes frames and answers their pings as a client would, on the writer's thread. */
    private static final class Swallower implements Connection {
        private final AtomicLong bytes = new AtomicLong();
        private volatile OpenConnection connection;

        @Override
        public void send(byte[] frame, int length) {
            bytes.addAndGet(length);
            if (length >= 2 && frame[length - 2] == '{') {
                connection.pong();
            }
        }

        @Override
        public void sendAsync(byte[] frame, int length, Consumer<Throwable> done) {
            throw new IllegalStateException("the credit should have sufficed");
        }

        @Override
        public void close(Ending ending) {}
    }

    /** As {@code commands} does it. */
    private static final class JsonFormat implements WireFormat {
        static final JsonFormat INSTANCE = new JsonFormat();
        private final JsonCodec codec = new JsonCodec();

        @Override
        public byte[] publication(String channel, Publication publication) {
            return codec.publicationPush(
                    channel,
                    publication.offset(),
                    publication.payload(),
                    publication.id(),
                    publication.expiresAtMillis(),
                    publication.tags(),
                    null);
        }

        @Override
        public byte[] compressed(String channel, Publication publication, @Nullable Publication previous) {
            throw notMeasured();
        }

        @Override
        public byte[] joined(String channel, Member member) {
            throw notMeasured();
        }

        @Override
        public byte[] left(String channel, Member member) {
            throw notMeasured();
        }

        @Override
        public byte[] subscribed(String channel, Position from, byte @Nullable [] data) {
            throw notMeasured();
        }

        @Override
        public byte[] unsubscribed(String channel, int code, String reason) {
            throw notMeasured();
        }

        @Override
        public byte[] refreshed(long ttl) {
            throw notMeasured();
        }

        private static IllegalStateException notMeasured() {
            return new IllegalStateException("the fan-out measured here consists of publications");
        }

        @Override
        public byte[] ping() {
            return codec.ping();
        }

        @Override
        public byte[] separator() {
            return new byte[] {'\n'};
        }
    }
}
