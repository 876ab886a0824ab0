package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.Connection;
import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.DeliveryThreads;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.GuardedEngine;
import io.holdfast.delivery.MovedClock;
import io.holdfast.delivery.OtherNodes;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.push.OpenConnection;
import io.holdfast.stream.MemoryEngine;
import io.holdfast.stream.Position;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/** A whole delivery room over the memory engine or another one, with clients that a test holds in its hands. */
public final class Gateway implements AutoCloseable {
    public final MovedClock clock = new MovedClock();
    /** Unused where another engine stores. */
    public final MemoryEngine engine;

    public final HookedEngine hooked;
    public final List<DeliveryEvent> events = new CopyOnWriteArrayList<>();
    public final Delivery manager;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger names = new AtomicInteger();
    private final List<Thread> made = new CopyOnWriteArrayList<>();
    /** Called by whoever writes to a client, or fires an event. */
    public volatile Runnable beforeSend = () -> {};

    public volatile Runnable beforeEvent = () -> {};
    public volatile Deduplication deduplication = new Deduplication(Duration.ofSeconds(300), null, false);
    public volatile Duration timeToLive = Duration.ofSeconds(300);
    public volatile int newChannelsPerHour;
    /** What the ids of connections begin with. */
    public volatile String idPrefix = "c";

    private volatile Retention retention = new Retention(1_000, 8 << 20, Retention.Overflow.DROP_OLDEST);

    public Gateway() {
        this(settings -> settings);
    }

    public Gateway(UnaryOperator<DeliverySettings> changes) {
        this(changes, MemoryEngine::new);
    }

    /** @param opening opens the engine with a clock */
    public Gateway(UnaryOperator<DeliverySettings> changes, Function<LongSupplier, StreamEngine> opening) {
        this(changes, opening, OtherNodes.NONE);
    }

    /** One of several nodes. @param opening opens an engine whose store is shared, with a clock */
    public Gateway(
            UnaryOperator<DeliverySettings> changes, Function<LongSupplier, StreamEngine> opening, OtherNodes others) {
        StreamEngine stored = opening.apply(clock::millis);
        engine = stored instanceof MemoryEngine memory ? memory : new MemoryEngine(clock::millis);
        hooked = stored instanceof HookedEngine ready ? ready : new HookedEngine(stored);
        ChannelOptions options = new ChannelOptions() {
            @Override
            public Retention retention(String channel) {
                return retention;
            }

            @Override
            public Duration timeToLive(String channel) {
                return timeToLive;
            }

            @Override
            public Deduplication deduplication(String channel) {
                return deduplication;
            }

            @Override
            public int newChannelsPerHour(String channel) {
                return channel.startsWith("free:") ? 0 : newChannelsPerHour;
            }
        };
        manager = new Delivery(
                new GuardedEngine(hooked),
                hooked,
                options,
                changes.apply(DeliverySettings.defaults()),
                clock,
                clock.wall,
                new PlainPayloads(),
                new DeliveryThreads(part -> work -> thread(part, work), threads, threads),
                event -> {
                    beforeEvent.run();
                    events.add(event);
                    return true;
                },
                others);
        manager.start();
    }

    private Thread thread(String part, Runnable work) {
        Thread thread = new Thread(work, "test-" + part);
        thread.setUncaughtExceptionHandler((dead, error) -> {});
        made.add(thread);
        return thread;
    }

    /** The threads of one part. */
    public List<Thread> threads(String part) {
        return made.stream()
                .filter(thread -> thread.getName().equals("test-" + part))
                .toList();
    }

    public void retain(int messages) {
        retain(messages, 8 << 20);
    }

    /** Streams drop what is more than this, and refuse what alone has more bytes. */
    public void retain(int messages, long bytes) {
        retention = new Retention(messages, bytes, Retention.Overflow.DROP_OLDEST);
    }

    /** Streams with more are full, and refuse. */
    public void rejectAbove(int messages) {
        rejectAbove(messages, 8 << 20);
    }

    /** Also with more bytes. */
    public void rejectAbove(int messages, long bytes) {
        retention = new Retention(messages, bytes, Retention.Overflow.REJECT);
    }

    public Receipt send(String client, String text) throws Exception {
        return get(manager.send(client, text, SendOptions.defaults()));
    }

    public Receipt publish(String channel, String text) throws Exception {
        return get(manager.publish(channel, text, SendOptions.defaults()));
    }

    public static Receipt get(CompletionStage<Receipt> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    public Client connect() {
        return new Client();
    }

    public static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time is up").isLessThan(end);
            LockSupport.parkNanos(100_000);
        }
    }

    @Override
    public void close() {
        manager.stop();
        threads.shutdownNow();
    }

    /** A client's end of a connection: notes what it gets; its writes can be stalled. */
    public final class Client implements Connection {
        public final OpenConnection connection =
                manager.register(idPrefix + names.incrementAndGet(), this, PlainFormat.INSTANCE, "");
        private final List<String> lines = new ArrayList<>();
        private Ending ending;
        private boolean answering = true;
        private int pinged;
        private Consumer<Throwable> stalled;
        private boolean stalling;

        /** Connects with an outbox, as commands does. */
        public RegisteredConnection.Subscribed open(
                String client, String device, boolean explicit, Position presented) {
            RegisteredConnection.Subscribed opened = connection.openOutbox(client, device, explicit, presented);
            connection.replyConnected("connected".getBytes(StandardCharsets.UTF_8));
            return opened;
        }

        public RegisteredConnection.Subscribed open(String client) {
            return open(client, null, false, null);
        }

        public RegisteredConnection.Subscribed subscribe(String channel, Position wanted) {
            RegisteredConnection.Subscribed made = connection.subscribe(channel, wanted, SubscribeOptions.QUIET);
            connection.start(channel, ("subscribed " + channel).getBytes(StandardCharsets.UTF_8));
            return made;
        }

        @Override
        public void send(byte[] frame, int length) {
            beforeSend.run();
            note(frame, length);
        }

        @Override
        public void sendAsync(byte[] frame, int length, Consumer<Throwable> done) {
            beforeSend.run();
            synchronized (this) {
                if (stalling) {
                    stalled = done;
                    return;
                }
            }
            note(frame, length);
            threads.execute(() -> done.accept(null));
        }

        @Override
        public void close(Ending why) {
            synchronized (this) {
                ending = why;
            }
            connection.ended(false);
        }

        private void note(byte[] frame, int length) {
            int pings = 0;
            synchronized (this) {
                for (String line : new String(frame, 0, length, StandardCharsets.UTF_8).split("\n", -1)) {
                    if (line.equals("ping")) {
                        pings++;
                    } else {
                        lines.add(line);
                    }
                }
                if (!answering) {
                    pinged += pings;
                    return;
                }
            }
            for (int i = 0; i < pings; i++) {
                threads.execute(this::answer);
            }
        }

        private void answer() {
            connection.pong();
            synchronized (this) {
                pinged++;
            }
        }

        /** No pongs any more. */
        public synchronized void ignorePings() {
            answering = false;
        }

        /** Asynchronous writes do not end any more. */
        public synchronized void stall() {
            stalling = true;
        }

        public void leave() {
            connection.ended(true);
        }

        public void vanish() {
            connection.ended(false);
        }

        public synchronized List<String> lines() {
            return List.copyOf(lines);
        }

        /** Offsets received on a channel, in order. */
        public synchronized List<Long> offsets(String channel) {
            return lines.stream()
                    .filter(line -> line.startsWith(channel + " "))
                    .map(line -> Long.parseLong(line.split(" ", -1)[1]))
                    .toList();
        }

        /** How often it was pinged; a ping that it answers counts when the gateway has taken the pong. */
        public synchronized int pings() {
            return pinged;
        }

        public synchronized Ending ending() {
            return ending;
        }
    }
}
