package io.holdfast.protocol;

import io.holdfast.json.MalformedJsonException;
import io.holdfast.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What reading and writing the wire costs, with payloads of 128 bytes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CodecBenchmark {
    private final JsonCodec codec = new JsonCodec();
    private final ProtobufCodec protobuf = new ProtobufCodec();
    private final byte[] payload = ("{\"text\":\"" + "x".repeat(117) + "\"}").getBytes(StandardCharsets.UTF_8);
    private final String connect =
            "{\"id\":1,\"connect\":{\"name\":\"js\",\"data\":{\"device\":\"till-3\"},\"subs\":{\"#u42\":{\"recover\":true,\"epoch\":\"x1\",\"offset\":17}}}}";
    private final String rpcPublish = "{\"id\":3,\"rpc\":{\"method\":\"publish\",\"data\":{\"channel\":\"bench\",\"data\":"
            + new String(payload, StandardCharsets.UTF_8) + "}}}";
    private final String ack = "{\"send\":{\"data\":{\"ack\":{\"channel\":\"#u42\",\"epoch\":\"x1\",\"offset\":19}}}}";
    private final String pong = "{}";

    @Benchmark
    public byte[] encode_publication() {
        return codec.publicationPush(
                "#u42", 123_456, payload, "01jd9s3kq6t0v5", 1_764_000_000_000L, Map.of(), null);
    }

    @Benchmark
    public byte[] encode_publication_in_protobuf() {
        return protobuf.publicationPush(
                "#u42", 123_456, payload, "01jd9s3kq6t0v5", 1_764_000_000_000L, Map.of(), null);
    }

    @Benchmark
    public List<Command> decode_connect() throws MalformedFrameException {
        return codec.decode(connect);
    }

    @Benchmark
    public List<Command> decode_rpc_publish() throws MalformedFrameException {
        return codec.decode(rpcPublish);
    }

    @Benchmark
    public List<Command> decode_ack() throws MalformedFrameException {
        return codec.decode(ack);
    }

    @Benchmark
    public List<Command> decode_pong() throws MalformedFrameException {
        return codec.decode(pong);
    }

    @Benchmark
    public byte[] check_payload() throws MalformedJsonException {
        return RawJson.compact(payload);
    }
}
