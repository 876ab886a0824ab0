package io.holdfast.delivery.push;

import io.holdfast.delivery.commit.PlainFormat;
import io.holdfast.delivery.outbox.HandedMessage;
import io.holdfast.delivery.watch.Latency;
import io.holdfast.delivery.DeliverySettings;

import io.holdfast.stream.Publication;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a message costs in the send buffer: added, and taken out as part of a frame. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SendBufferBenchmark {
    private static final int MESSAGES = 16;

    private final DeliverySettings settings = DeliverySettings.defaults();
    private final SendBuffer buffer = new SendBuffer(settings, PlainFormat.INSTANCE, 0, new Latency());
    private final FrameBuilder builder = new FrameBuilder(settings.frameBytes());
    private final Outgoing piece =
            new Outgoing("x".repeat(220).getBytes(StandardCharsets.UTF_8), 0, Publication.NEVER, Outgoing.Kind.PUSH, new HandedMessage("m", 0));

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int sixteen_in_a_frame() {
        for (int i = 0; i < MESSAGES; i++) {
            buffer.add(piece);
        }
        return write();
    }

    @Benchmark
    public int one_in_a_frame() {
        buffer.add(piece);
        return write();
    }

    private int write() {
        SendBuffer.Frame frame = buffer.next(builder, 0, 0, true);
        buffer.written();
        buffer.pong();
        return frame.length();
    }
}
