package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.ClientStatus;
import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.MessageState;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.outbox.Outbox;
import io.holdfast.delivery.push.Channel;
import io.holdfast.delivery.push.Fanout;
import io.holdfast.delivery.push.Steps;
import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.FinalState;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * One client with several devices, tabs and kinds of confirmation; messages that expire, are dropped, or are stored though
 * reported as failed; all steps of hub, readers, writer, committer in random order, each a single step, so that a seed
 * always does the same.
 */
class DeliveryModelTest {
    private static final int SEEDS = 250;
    private static final int STEPS = 600;
    private static final String STREAM = "#u1";
    private static final String[] DEVICES = {"till", "phone", null, null};

    @Test
    void nothing_is_lost_doubled_reordered_or_counted_twice_unless_it_is_reported() throws Exception {
        Map<MessageState, Integer> ends = new EnumMap<>(MessageState.class);
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                new World(seed, ends).live();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        assertThat(ends.get(MessageState.DEAD)).as("dead").isPositive();
        assertThat(ends.get(MessageState.EXPIRED)).as("expired").isPositive();
        assertThat(ends.get(MessageState.DROPPED)).as("dropped").isPositive();
    }

    private static final class World {
        private Workbench bench = new Workbench();
        private final Random random;
        private final Map<MessageState, Integer> ends;
        private final boolean sweeps;
        private final boolean fails;
        private final boolean restarts;
        private final int keep;
        private final List<Instance> instances = new ArrayList<>();
        private final ArrayDeque<Hub.Batch> hub = new ArrayDeque<>();
        private final Map<Long, Long> expiry = new HashMap<>();
        private final Map<Long, String> ids = new HashMap<>();
        private final Set<Long> seenBySomebody = new HashSet<>();
        /** What the engine did though it did not answer in time; told before the next confirmations are stored. */
        private final List<AppendOutcome> late = new ArrayList<>();

        private final Map<String, Set<Long>> gaveUp = new HashMap<>();
        /** The final state that was told, by offset. */
        private final Map<Long, MessageState> told = new HashMap<>();

        private final Set<Long> reported = new TreeSet<>();
        private boolean doubtful;
        private long stored;

        World(long seed, Map<MessageState, Integer> ends) {
            this.ends = ends;
            random = new Random(seed);
            sweeps = random.nextInt(4) == 0;
            fails = random.nextBoolean();
            restarts = random.nextInt(3) == 0;
            keep = random.nextBoolean() ? 1_000 : 5 + random.nextInt(20);
            for (String device : DEVICES) {
                instances.add(new Instance(device, random.nextBoolean()));
            }
        }

        void live() throws Exception {
            bench.engine.afterRead = stream -> meanwhile();
            for (int step = 0; step < STEPS; step++) {
                any();
            }
            settle();
        }

        private void any() throws Exception {
            Instance one = instances.get(random.nextInt(instances.size()));
            switch (random.nextInt(18)) {
                case 0, 1, 2 -> append(false);
                case 3 -> append(fails && random.nextInt(4) == 0);
                case 4, 5, 6 -> deliver();
                case 7, 8 -> readers(1 + random.nextInt(3));
                case 9, 10 -> one.receive();
                case 11 -> one.confirm();
                case 12 -> one.open(random.nextInt(3) == 0);
                case 13 -> one.leave(random.nextBoolean());
                case 14 -> bench.clock.advance(Duration.ofMillis(random.nextInt(700)));
                case 15 -> giveUp(one);
                case 16 -> restart();
                default -> commit();
            }
        }

        private long cursor(Outbox outbox, String device) {
            return outbox.devices().stream()
                    .filter(known -> known.device().equals(device))
                    .mapToLong(ClientStatus.DeviceStatus::cursor)
                    .findFirst()
                    .orElse(0);
        }

        /** Its device does not survive the first that it has not confirmed. */
        private void giveUp(Instance one) {
            Outbox outbox = bench.outboxes.find("u1");
            if (outbox == null || random.nextInt(3) > 0) {
                return;
            }
            List<Publication> next = bench.memory
                    .read(STREAM, new Position("", cursor(outbox, one.name())), 1, 1)
                    .publications();
            if (!next.isEmpty()) {
                long offset = next.get(0).offset();
                gaveUp.computeIfAbsent(one.name(), any -> new HashSet<>()).add(offset);
                bench.deadLetters.giveUp(
                        outbox,
                        one.name(),
                        new Position(bench.memory.info(STREAM).top().epoch(), offset),
                        5);
                bench.moveDeadLetters();
            }
        }

        /** Killed: what was not stored is forgotten; what was told of it may be told anew. */
        private void restart() throws Exception {
            if (!restarts || random.nextInt(8) > 0) {
                return;
            }
            noteTold();
            told.entrySet().removeIf(each -> stored(each.getKey()) != each.getValue());
            bench = bench.restarted();
            bench.engine.afterRead = stream -> meanwhile();
            late.clear();
            hub.clear();
            instances.forEach(instance -> instance.line = null);
        }

        /** Each message ends once. */
        private void noteTold() throws Exception {
            bench.raised.start();
            bench.raised.stop();
            for (DeliveryEvent event : bench.events) {
                if (event instanceof DeliveryEvent.MessageAcknowledged one) {
                    noteTold(one.offset(), MessageState.ACKNOWLEDGED);
                } else if (event instanceof DeliveryEvent.MessageExpired one) {
                    noteTold(one.offset(), MessageState.EXPIRED);
                } else if (event instanceof DeliveryEvent.MessageDropped one) {
                    noteTold(one.offset(), MessageState.DROPPED);
                } else if (event instanceof DeliveryEvent.MessageDead one) {
                    noteTold(one.offset(), MessageState.DEAD);
                }
            }
        }

        private void noteTold(long offset, MessageState state) {
            assertThat(told.put(offset, state))
                    .as("told of %s before %s", offset, state)
                    .isNull();
        }

        private MessageState stored(long offset) {
            FinalState recorded =
                    bench.memory.message(STREAM, ids.get(offset)).orElseThrow().finalState();
            boolean confirmed = bench.memory.info(STREAM).confirmed(offset);
            return recorded != null
                    ? MessageState.of(recorded)
                    : confirmed ? MessageState.ACKNOWLEDGED : MessageState.QUEUED;
        }

        /** Stores one or a few; perhaps nobody learns of it. */
        private void append(boolean failing) throws Exception {
            List<Append> batch = new ArrayList<>();
            List<AppendQueue.Pending> pending = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                long expires =
                        random.nextInt(6) == 0 ? bench.clock.millis() + 1 + random.nextInt(2_000) : Publication.NEVER;
                batch.add(new Append(
                        STREAM,
                        "m" + stored + "." + i,
                        new byte[] {'x'},
                        Map.of(),
                        bench.clock.millis(),
                        expires,
                        0,
                        new Retention(keep, 1 << 20, Retention.Overflow.DROP_OLDEST)));
            }
            batch.forEach(
                    append -> pending.add(new AppendQueue.Pending(append, 1, new CompletableFuture<>(), false, 0)));
            if (failing) {
                bench.memory.failThoughStoring(EngineException.Reason.TIMEOUT);
                assertThat(bench.memory.append(batch).toCompletableFuture()).isCompletedExceptionally();
                bench.memory.fail(null);
                doubtful = true;
            }
            // what a repetition finds is what was stored, which is all that the hub may not see
            List<AppendOutcome> outcomes =
                    bench.memory.append(batch).toCompletableFuture().get();
            for (int i = 0; i < batch.size(); i++) {
                AppendOutcome.Stored outcome = (AppendOutcome.Stored) outcomes.get(i);
                expiry.put(outcome.position().offset(), batch.get(i).expiresAtMillis());
                ids.put(outcome.position().offset(), batch.get(i).id());
                outcome.dropped().forEach(removed -> reported.add(removed.offset()));
            }
            if (failing) {
                late.addAll(outcomes);
            } else {
                outcomes.forEach(bench::reportDropped);
            }
            stored = bench.memory.info(STREAM).top().offset();
            if (!failing) {
                hub.add(new Hub.Batch(pending, outcomes));
                if (doubtful) {
                    doubtful = false;
                    hub.add(new Hub.Batch(List.of(), List.of())); // stands for Hub.reread
                }
            }
        }

        /** A page was read and is not handed yet. */
        private void meanwhile() {
            try {
                for (int i = random.nextInt(4); i > 0; i--) {
                    if (random.nextBoolean()) {
                        append(false);
                    } else {
                        deliver();
                    }
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        private void deliver() {
            Hub.Batch batch = hub.poll();
            if (batch == null) {
                return;
            }
            Fanout fanout = bench.dispatcher.fanout();
            if (batch.pending().isEmpty()) {
                Channel channel = bench.channels.find(STREAM);
                if (channel != null) {
                    channel.fallBehind(fanout);
                    fanout.wake();
                }
            } else {
                bench.hub.handOut(batch, fanout);
            }
        }

        private void readers(int turns) {
            for (int i = 0; i < turns; i++) {
                Steps.serve(bench.recovery);
            }
        }

        private void commit() throws Exception {
            late.forEach(bench::reportDropped);
            late.clear();
            bench.commitChanges();
            if (random.nextBoolean()) {
                meanwhileConfirmed();
                bench.expire().forEach(removed -> reported.add(removed.offset()));
            }
            if (sweeps) {
                bench.clock.advance(Duration.ofSeconds(random.nextInt(3)));
                bench.outboxes.sweep();
            }
        }

        /** Confirmations that the engine does not know of when it looks for what has expired. */
        private void meanwhileConfirmed() {
            if (random.nextBoolean()) {
                Instance one = instances.get(random.nextInt(instances.size()));
                one.receive();
                one.confirm();
            }
        }

        /** Everybody comes back once more, confirms all, and then nothing may be left. */
        private void settle() throws Exception {
            bench.engine.afterRead = stream -> {};
            append(false);
            instances.forEach(instance -> instance.leave(false));
            while (!hub.isEmpty()) {
                deliver();
            }
            instances.forEach(instance -> instance.open(false));
            for (int round = 0; round < 60; round++) {
                deliver();
                readers(100);
                instances.forEach(Instance::receive);
                bench.clock.advance(Duration.ofSeconds(1));
                instances.forEach(instance -> {
                    if (instance.line != null && instance.line.ending != null) {
                        instance.open(false);
                    }
                    if (instance.line != null) {
                        Steps.tick(instance.line.connection, bench.clock);
                    }
                    instance.receive();
                    instance.confirmAll();
                });
                commit();
            }
            bench.clock.advance(OutboxRetention.DEFAULT.recoveryWindow());
            commit();
            bench.expire();
            commit();
            assertThat(bench.memory.info(STREAM).messages())
                    .as("retained after everybody confirmed everything")
                    .isZero();
            for (long offset = 1; offset <= stored; offset++) {
                // told as expired and killed before that was stored, it may be passed by a position that its client
                // shows
                boolean killed = restarts && expiry.get(offset) <= bench.clock.millis();
                assertThat(seenBySomebody.contains(offset) || finallyReported(offset) || killed)
                        .as("offset %s was seen or reported", offset)
                        .isTrue();
            }
            noteTold();
            told.forEach((offset, state) ->
                    assertThat(stored(offset)).as("state of %s", offset).isEqualTo(state));
            for (MessageState state : MessageState.values()) {
                ends.merge(
                        state,
                        (int) told.values().stream().filter(state::equals).count(),
                        Integer::sum);
            }
            if (!sweeps && !restarts) {
                assertThat(told).as("told of %s stored", stored).hasSize((int) stored);
                assertThat(bench.counters.acknowledged.sum()
                                + bench.counters.dropped.sum()
                                + bench.counters.expired.sum()
                                + bench.counters.dead.sum())
                        .as("counted of %s stored", stored)
                        .isEqualTo(stored);
                assertThat(bench.counters.dead.sum())
                        .isEqualTo(told.values().stream()
                                .filter(MessageState.DEAD::equals)
                                .count());
            }
        }

        private boolean finallyReported(long offset) {
            return bench.memory.message(STREAM, ids.get(offset)).orElseThrow().finalState() != null;
        }

        /** One installation of the client's program, with one connection at a time. */
        private final class Instance {
            private final String device;
            private final boolean explicit;
            private Workbench.Line line;
            private Position position;
            private int read;
            private long from;
            private Set<Long> expected = Set.of();
            private long last;

            Instance(String device, boolean explicit) {
                this.device = device;
                this.explicit = explicit;
            }

            String name() {
                return device == null ? "default" : device;
            }

            void open(boolean forgetful) {
                leave(false);
                if (forgetful) {
                    position = null;
                }
                line = bench.connect();
                read = 0;
                RegisteredConnection.Subscribed opened = line.connection.openOutbox("u1", device, explicit, position);
                from = opened.position().offset();
                last = from;
                if (position != null) {
                    assertThat(from).as("goes on from its position").isGreaterThanOrEqualTo(position.offset());
                    assertThat(opened.recovered() || from >= position.offset()).isTrue();
                }
                expected = new HashSet<>();
                bench.memory
                        .read(STREAM, new Position("", from), 10_000, Integer.MAX_VALUE)
                        .publications()
                        .forEach(publication -> expected.add(publication.offset()));
                firstNew = bench.memory.info(STREAM).top().offset() + 1;
                line.connection.replyConnected("connected".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                line.write();
            }

            private long firstNew;

            void leave(boolean byClient) {
                if (line != null) {
                    line.connection.ended(byClient);
                    line = null;
                }
            }

            void receive() {
                if (line == null) {
                    return;
                }
                List<Long> all = line.write().offsets(STREAM);
                for (; read < all.size(); read++) {
                    long offset = all.get(read);
                    assertThat(offset).as("rising, each once").isGreaterThan(last);
                    for (long hole = last + 1; hole < offset; hole++) {
                        assertThat(mayBeMissing(hole))
                                .as("offset %s, missing before %s on device %s", hole, offset, device)
                                .isTrue();
                    }
                    last = offset;
                    seenBySomebody.add(offset);
                    position = new Position(bench.memory.info(STREAM).top().epoch(), offset);
                }
            }

            /** Expired by now, or gone before this connection came, or dropped after somebody confirmed it. */
            private boolean mayBeMissing(long offset) {
                if (expiry.get(offset) <= bench.clock.millis()
                        || gaveUp.getOrDefault(name(), Set.of()).contains(offset)) {
                    return true;
                }
                if (offset < firstNew && !expected.contains(offset)) {
                    return true;
                }
                return !reported.contains(offset)
                        && keep < 1_000
                        && offset <= bench.memory.info(STREAM).confirmedUpTo()
                        && offset < bench.memory.info(STREAM).firstOffset();
            }

            void confirm() {
                if (line != null && explicit && position != null && last > from) {
                    acknowledge(from + 1 + random.nextInt((int) (last - from)));
                } else if (line != null) {
                    line.connection.pong();
                }
            }

            void confirmAll() {
                if (line != null) {
                    line.connection.pong();
                    if (explicit && last > from) {
                        acknowledge(last);
                    }
                }
            }

            private void acknowledge(long offset) {
                Position upTo = new Position(bench.memory.info(STREAM).top().epoch(), offset);
                assertThat(bench.outboxConnections.acknowledge("u1", name(), upTo))
                        .isPresent();
            }
        }
    }
}
