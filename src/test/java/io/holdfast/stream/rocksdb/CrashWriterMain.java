package io.holdfast.stream.rocksdb;

import static java.util.Objects.requireNonNull;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.AppendOutcome.Stored;
import io.holdfast.stream.Change;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngineContract;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;

/**
 * Publishes from several threads until it is killed, and says what was acknowledged, one line each, after it was:
 * {@code A stream offset id}; {@code T stream offset} before a trim is asked for, {@code C stream offset} once the cursor
 * moved. Arguments: parent directory, wal (true or false), prefix of ids.
 */
final class CrashWriterMain {

    static final int PUBLISHERS = 8;
    static final int STREAMS = 40;
    private static final Retention WIDE = new Retention(10_000_000, 1L << 40, Retention.Overflow.DROP_OLDEST);
    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private record Waiting(Append append, CompletableFuture<AppendOutcome> outcome) {}

    private CrashWriterMain() {}

    /** The payload tells its id, so that a changed one is seen. */
    static byte[] payload(String stream, String id) {
        return ("{\"" + stream + "\":\"" + id + "\",\"fill\":\"" + "x".repeat(id.hashCode() & 255) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    public static void main(String[] arguments) throws Exception {
        boolean wal = Boolean.parseBoolean(arguments[1]);
        RocksDbEngine engine = RocksDbEngine.open(
                TestStores.options(Path.of(arguments[0]), true, wal, 1L << 34),
                System::currentTimeMillis,
                System::nanoTime);
        BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(1000);
        for (int p = 0; p < PUBLISHERS; p++) {
            String prefix = arguments[2] + "-" + p + "-";
            start(() -> publish(queue, prefix));
        }
        commit(engine, queue);
    }

    private static void publish(BlockingQueue<Waiting> queue, String prefix) throws Exception {
        for (int i = 0; ; i++) {
            String id = prefix + i;
            String stream = "s" + (i * 7 + prefix.hashCode() & 0xffff) % STREAMS;
            long now = System.currentTimeMillis();
            Waiting waiting = new Waiting(
                    new Append(
                            stream,
                            id,
                            payload(stream, id),
                            Map.of("n", id),
                            now,
                            Publication.NEVER,
                            now - 300_000,
                            WIDE),
                    new CompletableFuture<>());
            queue.put(waiting);
            Stored stored = (Stored) waiting.outcome.get();
            say("A " + stream + " " + stored.position().offset() + " " + id);
        }
    }

    private static void commit(RocksDbEngine engine, BlockingQueue<Waiting> queue) throws Exception {
        List<Waiting> batch = new ArrayList<>();
        for (int n = 0; ; n++) {
            batch.clear();
            batch.add(queue.take());
            queue.drainTo(batch);
            List<AppendOutcome> outcomes = StreamEngineContract.await(
                    engine.append(batch.stream().map(Waiting::append).toList()));
            for (int i = 0; i < outcomes.size(); i++) {
                requireNonNull(batch.get(i)).outcome.complete(outcomes.get(i));
            }
            if (n % 10 == 0) {
                confirm(engine, "s" + n / 10 % (STREAMS / 4));
            }
        }
    }

    /** Every fourth stream is confirmed and trimmed now and then, up to ten before its top. */
    private static void confirm(RocksDbEngine engine, String stream) throws IOException {
        long upTo = engine.info(stream).top().offset() - 10;
        if (upTo > 0) {
            say("T " + stream + " " + upTo);
            long now = System.currentTimeMillis();
            StreamEngineContract.await(engine.apply(List.of(new Change.MoveCursor(stream, "d", upTo, now, true))));
            StreamEngineContract.await(
                    engine.expire(now + OutboxRetention.DEFAULT.windowMillis() * 2, 1_000, any -> Long.MAX_VALUE));
            say("C " + stream + " " + upTo);
        }
    }

    /** One system call for each line: what was said before the kill is in the pipe. */
    private static void say(String line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (OUT) {
            OUT.write(bytes);
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Exception failure) {
                failure.printStackTrace();
                Runtime.getRuntime().halt(1);
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
