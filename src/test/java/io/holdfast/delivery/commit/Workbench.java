package io.holdfast.delivery.commit;

import io.holdfast.delivery.Connection;
import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.GuardedEngine;
import io.holdfast.delivery.MovedClock;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.commit.SendBuffer.Frame;
import io.holdfast.delivery.watch.Clients;
import io.holdfast.delivery.watch.Counters;
import io.holdfast.delivery.watch.Events;
import io.holdfast.delivery.watch.Heap;
import io.holdfast.delivery.watch.Outcomes;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Change;
import io.holdfast.stream.MemoryEngine;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Removed;
import io.holdfast.stream.Retention;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The parts of delivery on a bench: no thread runs, a test does each step itself. */
final class Workbench {
    final MovedClock clock = new MovedClock();
    MemoryEngine memory = new MemoryEngine(clock::millis);
    final HookedEngine engine = new HookedEngine(memory);
    final DeliverySettings settings = DeliverySettings.defaults();
    final Counters counters = new Counters();
    final Channels channels = new Channels();
    final List<DeliveryEvent> events = new CopyOnWriteArrayList<>();
    final Events raised = new Events(events::add, counters, Thread::new);
    final Breakers breakers = new Breakers(settings.breaker(), clock, counters, raised);
    final Clients clients = new Clients(clock);
    final Outcomes outcomes = new Outcomes(clients, counters, raised, clock);
    final Outboxes outboxes = new Outboxes(engine, clock, settings, breakers, clients, outcomes);
    final Writer writer = new Writer(settings, clock, counters, Thread::new);
    final Recovery recovery = new Recovery(1, Thread::new);
    final Hub hub = new Hub(channels, counters, Runnable::run, Thread::new);
    final EngineWrites writes = new EngineWrites(new GuardedEngine(engine), engine, System::nanoTime);
    final DeadLetters deadLetters = new DeadLetters(engine, clock, counters, settings.poison(), outboxes);
    final Committer committer = new Committer(
            writes,
            outboxes,
            deadLetters,
            new NewChannels(engine, channel -> 0, 0, clock, counters),
            hub,
            settings,
            clock,
            counters,
            Thread::new);
    final Dispatcher dispatcher = new Dispatcher(writer, recovery, counters);
    final OutboxConnections outboxConnections =
            new OutboxConnections(outboxes, deadLetters, counters, raised, clock, committer::wake);
    final OpenConnections connections = new OpenConnections(
            settings,
            clock,
            clock.wall,
            engine,
            outboxConnections,
            channels,
            dispatcher,
            new Closers(Runnable::run, System::nanoTime),
            counters,
            new Heap(() -> 0, settings.admission()),
            () -> true);
    private int messages;

    /** As after a restart: what is stored is there, and nothing else. */
    Workbench restarted() {
        Workbench next = new Workbench();
        next.clock.advance(Duration.ofNanos(clock.nanos() - next.clock.nanos()));
        memory.clock(next.clock::millis);
        next.memory = memory;
        next.engine.memory = memory;
        next.messages = messages;
        return next;
    }

    Line connect() {
        return new Line();
    }

    /** Stores a message and nothing else: as if the hub had not come to it yet. */
    Publication store(String stream) throws Exception {
        return store(stream, 1_000);
    }

    Publication store(String stream, int keep) throws Exception {
        return store(stream, keep, Publication.NEVER);
    }

    Publication store(String stream, int keep, long expiresAtMillis) throws Exception {
        String id = "m" + ++messages;
        byte[] payload = id.getBytes(StandardCharsets.UTF_8);
        Append append = new Append(
                stream,
                id,
                payload,
                Map.of(),
                clock.millis(),
                expiresAtMillis,
                0,
                new Retention(keep, 1 << 20, Retention.Overflow.DROP_OLDEST));
        AppendOutcome.Stored stored = (AppendOutcome.Stored)
                memory.append(List.of(append)).toCompletableFuture().get().get(0);
        return new Publication(stored.position().offset(), id, payload, Map.of(), clock.millis(), expiresAtMillis);
    }

    /** Does what the hub does with a stored message. */
    void deliver(String stream, Publication publication) {
        Channel channel = channels.find(stream);
        if (channel != null) {
            Fanout fanout = dispatcher.fanout();
            channel.deliver(new Position(memory.info(stream).top().epoch(), publication.offset()), publication, fanout);
            fanout.wake();
        }
    }

    void publish(String stream) throws Exception {
        deliver(stream, store(stream));
    }

    /** Does what the committer does with the changes of outboxes. @return what it stored */
    List<Change> commitChanges() {
        List<Change> changes = new ArrayList<>();
        for (Outbox outbox = outboxes.pollChanged(); outbox != null; outbox = outboxes.pollChanged()) {
            outbox.collect(changes);
            outbox.stored();
        }
        memory.apply(changes);
        return changes;
    }

    /** Does what the committer does with what is to be given up. */
    boolean moveDeadLetters() {
        return deadLetters.move(letter -> writes.append(List.of(letter)));
    }

    /** Does what the committer does with what has expired or is settled. @return what was removed */
    List<Removed> expire() {
        List<Removed> removed = expireUnheard();
        removed.forEach(outboxes::removed);
        return removed;
    }

    /** As if the committer had not come to telling it. */
    List<Removed> expireUnheard() {
        return memory.expire(clock.millis(), 1_000, outboxes)
                .toCompletableFuture()
                .join()
                .removed();
    }

    /** Stores a message in a stream that keeps this many, and does what the committer does with those that give way. */
    void overflow(String stream, int keep) {
        Append append = new Append(
                stream,
                "m" + ++messages,
                new byte[] {'1'},
                Map.of(),
                clock.millis(),
                Publication.NEVER,
                0,
                new Retention(keep, 1 << 20, Retention.Overflow.DROP_OLDEST));
        memory.append(List.of(append)).toCompletableFuture().join().forEach(committer::dropped);
    }

    /** One connection; its transport only notes how it was closed. */
    final class Line implements Connection {
        final OpenConnection connection = connections.register("c", this, PlainFormat.INSTANCE, "");
        final List<String> written = new ArrayList<>();
        Ending ending;

        Line open(String client, String device, boolean explicit, Position presented) {
            opened(client, device, explicit, presented);
            return this;
        }

        RegisteredConnection.Subscribed openAt(String client, String device, Position presented) {
            return opened(client, device, false, presented);
        }

        private RegisteredConnection.Subscribed opened(
                String client, String device, boolean explicit, Position presented) {
            RegisteredConnection.Subscribed subscribed = connection.openOutbox(client, device, explicit, presented);
            connection.replyConnected("connected".getBytes(StandardCharsets.UTF_8));
            write();
            connection.start("#" + client);
            return subscribed;
        }

        Line open(String client, String device) {
            return open(client, device, false, null);
        }

        Line subscribe(String channel, Position wanted) {
            connection.subscribe(channel, wanted, SubscribeOptions.QUIET);
            connection.reply(("subscribed " + channel).getBytes(StandardCharsets.UTF_8));
            connection.start(channel);
            return this;
        }

        /** Does what readers do until nothing is left that wants them. */
        Line read() {
            do {
                connection.read();
            } while (connection.doneReading());
            return this;
        }

        /** Does what the writer does until nothing waits. */
        Line write() {
            byte[] scratch = new byte[settings.frameBytes()];
            SendBuffer buffer = connection.buffer();
            boolean more = true;
            while (more) {
                Frame frame = buffer.next(scratch, clock.millis(), clock.nanos(), true);
                if (frame == null) {
                    return this;
                }
                connection.expiredUnwritten(frame.expired());
                if (frame.length() == 0) {
                    return this;
                }
                connection.writing(frame);
                written.addAll(Arrays.asList(
                        new String(frame.bytes(), 0, frame.length(), StandardCharsets.UTF_8).split("\n", -1)));
                more = buffer.written();
                connection.drained();
            }
            return this;
        }

        List<Long> offsets(String channel) {
            return written.stream()
                    .filter(line -> line.startsWith(channel + " "))
                    .map(line -> Long.parseLong(line.split(" ", -1)[1]))
                    .toList();
        }

        /** Whether it stands on the readers' list. */
        boolean waitsToRead() {
            return !connection.askToRead();
        }

        @Override
        public void send(byte[] frame, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sendAsync(byte[] frame, int length, Consumer<Throwable> done) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close(Ending why) {
            ending = why;
        }
    }
}
