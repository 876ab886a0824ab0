package io.holdfast.delivery;

import io.holdfast.delivery.SendBuffer.Frame;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Change;
import io.holdfast.stream.MemoryEngine;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The parts of delivery on a bench: no thread runs, a test does each step itself. */
final class Workbench {
    final MovedClock clock = new MovedClock();
    final MemoryEngine memory = new MemoryEngine(clock::millis);
    final HookedEngine engine = new HookedEngine(memory);
    final DeliverySettings settings = DeliverySettings.defaults();
    final Counters counters = new Counters();
    final Channels channels = new Channels();
    final List<DeliveryEvent> events = new CopyOnWriteArrayList<>();
    final Events raised = new Events(events::add, counters, Thread::new);
    final Breakers breakers = new Breakers(settings.breaker(), clock, counters, raised);
    final Clients clients = new Clients(clock);
    final Outboxes outboxes = new Outboxes(
            engine,
            clock,
            new OutboxParts(counters, breakers, clients, raised, settings.poison(), settings.devicesPerClient()));
    final Writer writer = new Writer(settings, clock, counters, Thread::new);
    final Recovery recovery = new Recovery(1, Thread::new);
    final Hub hub = new Hub(channels, counters, Runnable::run, Thread::new);
    final GuardedEngine guarded = new GuardedEngine(engine);
    final DeadLetters deadLetters =
            new DeadLetters(guarded, engine, clock, clients, counters, raised, settings.poison(), recovery, outboxes);
    final Gone gone = new Gone(outboxes, clients, counters, raised, clock);
    final Committer committer =
            new Committer(guarded, engine, outboxes, deadLetters, gone, hub, settings, clock, counters, Thread::new);
    final Set<RegisteredConnection> connections = DeliveryParts.noConnections();
    final DeliveryParts parts = new DeliveryParts(
            settings,
            clock,
            counters,
            engine,
            channels,
            outboxes,
            writer,
            recovery,
            committer,
            new Closers(Runnable::run),
            clients,
            deadLetters,
            gone,
            raised,
            new Admission(settings.admission(), clock, counters, connections::size),
            connections);
    private int messages;

    Line connect() {
        return new Line();
    }

    /** Stores a message and nothing else: as if the hub had not come to it yet. */
    Publication store(String stream) throws Exception {
        return store(stream, 1_000);
    }

    Publication store(String stream, int keep) throws Exception {
        String id = "m" + ++messages;
        byte[] payload = id.getBytes(StandardCharsets.UTF_8);
        Append append = new Append(
                stream,
                id,
                payload,
                Map.of(),
                clock.millis(),
                Publication.NEVER,
                0,
                new Retention(keep, 1 << 20, Retention.Overflow.DROP_OLDEST));
        AppendOutcome.Stored stored = (AppendOutcome.Stored)
                memory.append(List.of(append)).toCompletableFuture().get().get(0);
        return new Publication(stored.position().offset(), id, payload, Map.of(), clock.millis(), Publication.NEVER);
    }

    /** Does what the hub does with a stored message. */
    void deliver(String stream, Publication publication) {
        Channel channel = channels.find(stream);
        if (channel != null) {
            Fanout fanout = parts.fanout();
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

    /** One connection; its transport only notes how it was closed. */
    final class Line implements Connection {
        final RegisteredConnection connection = new RegisteredConnection("c", this, PlainFormat.INSTANCE, "", parts);
        final List<String> written = new ArrayList<>();
        Ending ending;

        Line() {
            connections.add(connection);
        }

        Line open(String client, String device, boolean explicit, Position presented) {
            connection.openOutbox(client, device, explicit, presented);
            connection.replyConnected("connected".getBytes(StandardCharsets.UTF_8));
            write();
            connection.start("#" + client);
            return this;
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
                connection.backlog().read();
            } while (connection.backlog().doneReading());
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
                connection.backlog().drained();
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
            return !connection.backlog().askToRead();
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
