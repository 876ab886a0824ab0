package io.holdfast.delivery.commit;

import io.holdfast.delivery.Connection;
import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.GuardedEngine;
import io.holdfast.delivery.MovedClock;
import io.holdfast.delivery.OtherNodes;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.SubscribeOptions;
import io.holdfast.delivery.outbox.Breakers;
import io.holdfast.delivery.outbox.DeadLetters;
import io.holdfast.delivery.outbox.Outbox;
import io.holdfast.delivery.outbox.OutboxConnections;
import io.holdfast.delivery.outbox.Outboxes;
import io.holdfast.delivery.push.Channel;
import io.holdfast.delivery.push.Channels;
import io.holdfast.delivery.push.Closers;
import io.holdfast.delivery.push.Dispatcher;
import io.holdfast.delivery.push.Fanout;
import io.holdfast.delivery.push.OpenConnection;
import io.holdfast.delivery.push.OpenConnections;
import io.holdfast.delivery.push.Recovery;
import io.holdfast.delivery.push.Steps;
import io.holdfast.delivery.push.Writer;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The parts of delivery on a bench: no thread runs, a test does each step itself. */
public final class Workbench {
    public final MovedClock clock = new MovedClock();
    public MemoryEngine memory = new MemoryEngine(clock::millis);
    public final HookedEngine engine = new HookedEngine(memory);
    public final DeliverySettings settings = DeliverySettings.defaults();
    public final Counters counters = new Counters();
    public final Channels channels = new Channels(OtherNodes.NONE);
    public final List<DeliveryEvent> events = new CopyOnWriteArrayList<>();
    public final Events raised = new Events(events::add, counters, Thread::new);
    public final Breakers breakers = new Breakers(settings.breaker(), clock, counters, raised);
    public final Clients clients = new Clients(clock);
    public final Outcomes outcomes = new Outcomes(clients, counters, raised, clock);
    public final Outboxes outboxes = new Outboxes(engine, clock, settings, breakers, clients, outcomes, Runnable::run);

    /** Makes the writer's thread. */
    public volatile ThreadFactory writers = Thread::new;

    public final Writer writer = new Writer(settings, clock, counters, work -> writers.newThread(work));
    public final Recovery recovery = new Recovery(1, System::nanoTime, Thread::new);
    final Hub hub = new Hub(channels, counters, Runnable::run, Thread::new, null);
    final EngineWrites writes = new EngineWrites(new GuardedEngine(engine), engine, System::nanoTime);
    public final DeadLetters deadLetters = new DeadLetters(engine, clock, counters, settings.poison(), outboxes);
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
    public final Dispatcher dispatcher = new Dispatcher(writer, recovery, counters);
    public final OutboxConnections outboxConnections =
            new OutboxConnections(outboxes, deadLetters, counters, raised, clock, committer::wake);
    public final OpenConnections connections = new OpenConnections(
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
            OtherNodes.NONE,
            () -> true);
    private int messages;

    /** As after a restart: what is stored is there, and nothing else. */
    public Workbench restarted() {
        Workbench next = new Workbench();
        next.clock.advance(Duration.ofNanos(clock.nanos() - next.clock.nanos()));
        memory.clock(next.clock::millis);
        next.memory = memory;
        next.engine.stored = memory;
        next.messages = messages;
        return next;
    }

    public Line connect() {
        return new Line();
    }

    /** Stores a message and nothing else: as if the hub had not come to it yet. */
    public Publication store(String stream) throws Exception {
        return store(stream, 1_000);
    }

    public Publication store(String stream, int keep) throws Exception {
        return store(stream, keep, Publication.NEVER);
    }

    public Publication store(String stream, int keep, long expiresAtMillis) throws Exception {
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
    public void deliver(String stream, Publication publication) {
        Channel channel = channels.find(stream);
        if (channel != null) {
            Fanout fanout = dispatcher.fanout();
            channel.deliver(new Position(memory.info(stream).top().epoch(), publication.offset()), publication, fanout);
            fanout.wake();
        }
    }

    public void publish(String stream) throws Exception {
        deliver(stream, store(stream));
    }

    /** Does what the committer does with the changes of outboxes. @return what it stored */
    public List<Change> commitChanges() {
        List<Change> changes = new ArrayList<>();
        List<Outbox> collected = new ArrayList<>();
        for (Outbox outbox = outboxes.pollChanged(); outbox != null; outbox = outboxes.pollChanged()) {
            outbox.collect(changes);
            collected.add(outbox);
        }
        outboxes.applied(memory.apply(changes).toCompletableFuture().join());
        collected.forEach(Outbox::stored);
        return changes;
    }

    /** Does what the committer does with what is to be given up. */
    public boolean moveDeadLetters() {
        return deadLetters.move(letter -> writes.append(List.of(letter)));
    }

    /** Does what the committer does with what has expired or is settled. @return what was removed */
    public List<Removed> expire() {
        List<Removed> removed = expireUnheard();
        removed.forEach(outboxes::removed);
        return removed;
    }

    /** As if the committer had not come to telling it. */
    public List<Removed> expireUnheard() {
        return memory.expire(clock.millis(), 1_000, outboxes)
                .toCompletableFuture()
                .join()
                .removed();
    }

    /** Stores a message in a stream that keeps this many, and does what the committer does with those that give way. */
    public void overflow(String stream, int keep) {
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

    /** Does what the committer does with an outcome: what gave way is counted and reported. */
    public void reportDropped(AppendOutcome outcome) {
        committer.dropped(outcome);
    }

    /** Does what an administrator does with a dead letter. */
    public void discardLetter(long number) throws Exception {
        committer.start();
        new ResourceRemoval(engine, outboxes, channels, deadLetters, committer, clock)
                .discardLetter(number)
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        committer.stop();
    }

    /** Lets the committer run until a condition holds. */
    public void runCommitterUntil(BooleanSupplier condition) throws InterruptedException {
        committer.start();
        committer.wake();
        Gateway.until(condition);
        committer.stop();
    }

    /** One connection; its transport only notes how it was closed. */
    public final class Line implements Connection {
        public final OpenConnection connection = connections.register("c", this, PlainFormat.INSTANCE, "");
        public final List<String> written = new ArrayList<>();
        public Ending ending;

        public Line open(String client, String device, boolean explicit, Position presented) {
            opened(client, device, explicit, presented);
            return this;
        }

        public RegisteredConnection.Subscribed openAt(String client, String device, Position presented) {
            return opened(client, device, false, presented);
        }

        private RegisteredConnection.Subscribed opened(
                String client, String device, boolean explicit, Position presented) {
            RegisteredConnection.Subscribed subscribed = connection.openOutbox(client, device, explicit, presented);
            connection.replyConnected("connected".getBytes(StandardCharsets.UTF_8));
            write();
            return subscribed;
        }

        public Line open(String client, String device) {
            return open(client, device, false, null);
        }

        public Line subscribe(String channel, Position wanted) {
            connection.subscribe(channel, wanted, SubscribeOptions.QUIET);
            return start(channel);
        }

        /** Replies to a subscribe, and starts the subscription. */
        public Line start(String channel) {
            connection.start(channel, ("subscribed " + channel).getBytes(StandardCharsets.UTF_8));
            return this;
        }

        /** Does what readers do until nothing is left that wants them. */
        public Line read() {
            Steps.read(connection);
            return this;
        }

        /** Does what the writer does until nothing waits. */
        public Line write() {
            written.addAll(Steps.write(connection, settings, clock));
            return this;
        }

        public List<Long> offsets(String channel) {
            return written.stream()
                    .filter(line -> line.startsWith(channel + " "))
                    .map(line -> Long.parseLong(line.split(" ", -1)[1]))
                    .toList();
        }

        /** Whether it stands on the readers' list. */
        public boolean waitsToRead() {
            return Steps.waitsToRead(connection);
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
