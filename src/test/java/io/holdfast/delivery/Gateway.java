package io.holdfast.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.MemoryEngine;
import io.holdfast.stream.Position;
import io.holdfast.stream.Receipt;
import io.holdfast.stream.Retention;
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
import java.util.function.UnaryOperator;

/** A whole delivery room over the memory engine, with clients that a test holds in its hands. */
final class Gateway implements AutoCloseable {
    final MovedClock clock = new MovedClock();
    final MemoryEngine engine = new MemoryEngine(clock::millis);
    final List<DeliveryEvent> events = new CopyOnWriteArrayList<>();
    final ResilientWebSocketManager manager;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger names = new AtomicInteger();
    volatile Deduplication deduplication = new Deduplication(Duration.ofSeconds(300), null, false);
    private Retention retention = new Retention(1_000, 8 << 20, Retention.Overflow.DROP_OLDEST);

    Gateway() {
        this(settings -> settings);
    }

    Gateway(UnaryOperator<DeliverySettings> changes) {
        ChannelOptions options = new ChannelOptions() {
            @Override
            public Retention retention(String channel) {
                return retention;
            }

            @Override
            public Duration timeToLive(String channel) {
                return Duration.ofSeconds(300);
            }

            @Override
            public Deduplication deduplication(String channel) {
                return deduplication;
            }
        };
        manager = new ResilientWebSocketManager(
                new GuardedEngine(engine),
                engine,
                options,
                changes.apply(DeliverySettings.defaults()),
                clock,
                new PlainPayloads(),
                new DeliveryThreads(part -> work -> new Thread(work, "test-" + part), threads, threads),
                event -> {
                    events.add(event);
                    return true;
                });
        manager.start();
    }

    void retain(int messages) {
        retention = new Retention(messages, 8 << 20, Retention.Overflow.DROP_OLDEST);
    }

    Receipt send(String client, String text) throws Exception {
        return get(manager.send(client, text, SendOptions.defaults()));
    }

    Receipt publish(String channel, String text) throws Exception {
        return get(manager.publish(channel, text, SendOptions.defaults()));
    }

    static Receipt get(CompletionStage<Receipt> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    Client connect() {
        return new Client();
    }

    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
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
    final class Client implements Connection {
        final RegisteredConnection connection =
                manager.register("c" + names.incrementAndGet(), this, PlainFormat.INSTANCE);
        private final List<String> lines = new ArrayList<>();
        private Ending ending;
        private boolean answering = true;
        private int pinged;
        private Consumer<Throwable> stalled;
        private boolean stalling;

        /** Connects with an outbox, as commands does. */
        RegisteredConnection.Subscribed open(String client, String device, boolean explicit, Position presented) {
            RegisteredConnection.Subscribed opened = connection.openOutbox(client, device, explicit, presented);
            connection.replyConnected("connected".getBytes(StandardCharsets.UTF_8));
            connection.start("#" + client);
            return opened;
        }

        RegisteredConnection.Subscribed open(String client) {
            return open(client, null, false, null);
        }

        RegisteredConnection.Subscribed subscribe(String channel, Position wanted) {
            RegisteredConnection.Subscribed made = connection.subscribe(channel, wanted, SubscribeOptions.QUIET);
            connection.reply(("subscribed " + channel).getBytes(StandardCharsets.UTF_8));
            connection.start(channel);
            return made;
        }

        @Override
        public void send(byte[] frame, int length) {
            note(frame, length);
        }

        @Override
        public void sendAsync(byte[] frame, int length, Consumer<Throwable> done) {
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
            manager.unregister(connection, false);
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
                pinged += pings;
                pings = answering ? pings : 0;
            }
            for (int i = 0; i < pings; i++) {
                threads.execute(connection::pong);
            }
        }

        /** No pongs any more. */
        synchronized void ignorePings() {
            answering = false;
        }

        /** Asynchronous writes do not end any more. */
        synchronized void stall() {
            stalling = true;
        }

        void leave() {
            manager.unregister(connection, true);
        }

        void vanish() {
            manager.unregister(connection, false);
        }

        synchronized List<String> lines() {
            return List.copyOf(lines);
        }

        /** Offsets received on a channel, in order. */
        synchronized List<Long> offsets(String channel) {
            return lines.stream()
                    .filter(line -> line.startsWith(channel + " "))
                    .map(line -> Long.parseLong(line.split(" ", -1)[1]))
                    .toList();
        }

        /** How often it was pinged. */
        synchronized int pings() {
            return pinged;
        }

        synchronized Ending ending() {
            return ending;
        }
    }
}
