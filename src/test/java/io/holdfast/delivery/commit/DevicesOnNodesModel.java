package io.holdfast.delivery.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.BreakerSettings;
import io.holdfast.delivery.DeliveryEvent;
import io.holdfast.delivery.DeliverySettings;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.MessageState;
import io.holdfast.delivery.PoisonSettings;
import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.Position;
import io.holdfast.stream.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Two or three devices of one client go from node to node, while nodes are stopped and go on, links lose what they carry, the
 * store fails, and messages expire. Each step is chosen by a seed; the nodes' own threads do the rest.
 *
 * <p>The model of a device: what it has got on any connection, which node has it, and the highest cursor that the store may have:
 * that of an ack on the node that has it, unless another node claims it before a stopped one has stored the ack.
 */
abstract class DevicesOnNodesModel {
    private static final String STREAM = "#ann";
    private static final Duration SHORT = Duration.ofSeconds(20);
    private static final int STEPS = 150;

    abstract DeliveryNodes open(int count);

    /** How many seeds are tried. */
    abstract int rounds();

    /** A delivery that fails often opens no breaker: time stands nearly still here. */
    static DeliverySettings withoutBreakers(DeliverySettings settings) {
        BreakerSettings usual = settings.breaker();
        BreakerSettings never = new BreakerSettings(
                1_000_000, usual.successes(), usual.openTime(), usual.maxOpenTime(), usual.trials());
        return with(settings, never, settings.poison());
    }

    static DeliverySettings with(DeliverySettings settings, BreakerSettings breaker, PoisonSettings poison) {
        return new DeliverySettings(
                settings.sendBufferBytes(),
                settings.frameBytes(),
                settings.creditBytes(),
                settings.pingAfterBytes(),
                settings.pingInterval(),
                settings.pongTimeout(),
                settings.confirmInterval(),
                settings.sendTimeout(),
                settings.maxPublicationBytes(),
                settings.queueMessages(),
                settings.queueBytes(),
                settings.receiptTimeout(),
                settings.batchMessages(),
                settings.batchBytes(),
                settings.readers(),
                settings.devicesPerClient(),
                settings.drainTimeout(),
                settings.admission(),
                breaker,
                poison);
    }

    @Test
    void devices_that_go_from_node_to_node_lose_nothing_and_no_cursor_moves_back() throws Exception {
        long first = Long.getLong("holdfast.seed", System.nanoTime());
        for (int i = 0; i < rounds(); i++) {
            long seed = first + i;
            System.out.println(getClass().getSimpleName() + ": -Dholdfast.seed=" + seed);
            try (DeliveryNodes nodes = open(2 + (int) Math.floorMod(seed, 2L))) {
                new World(nodes, seed).live();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private static final class World {
        private final DeliveryNodes nodes;
        private final Random random;

        /** Of the links, on the nodes' threads. */
        private final Random losses;

        private final List<DeviceModel> devices = new ArrayList<>();
        private final Map<Long, Receipt> receipts = new TreeMap<>();
        private final Map<Long, Long> expiry = new HashMap<>();
        private final String epoch;

        /** The stopped node; -1 for none. */
        private int stopped = -1;

        private CountDownLatch goesOn = new CountDownLatch(0);
        private int messages;

        World(DeliveryNodes nodes, long seed) {
            this.nodes = nodes;
            this.random = new Random(seed);
            this.losses = new Random(seed);
            for (int i = 0; i < nodes.size(); i++) {
                nodes.links(i).passes = arrival -> losses.nextInt(3) > 0;
            }
            for (String name : List.of("till", "phone", "desk").subList(0, 2 + random.nextInt(2))) {
                DeviceModel device = new DeviceModel(name);
                devices.add(device);
                device.open(anyNode());
            }
            epoch = nodes.node(0).hooked.info(STREAM).top().epoch();
        }

        private int anyNode() {
            int node = random.nextInt(nodes.size());
            return node == stopped ? (node + 1) % nodes.size() : node;
        }

        void live() throws Exception {
            for (int step = 0; step < STEPS; step++) {
                DeviceModel device = devices.get(random.nextInt(devices.size()));
                switch (random.nextInt(14)) {
                    case 0, 1, 2, 3 -> send();
                    case 4, 5 -> device.open(anyNode());
                    case 6 -> device.vanish();
                    case 7, 8, 9 -> device.acknowledge();
                    case 10 -> device.acknowledgeOnAnEarlierConnection();
                    case 11 -> stopOrGoOn();
                    case 12 -> fail();
                    default -> nodes.pass(Duration.ofMillis(random.nextInt(4_000)));
                }
                nodes.pass(Duration.ofMillis(1));
                LockSupport.parkNanos(random.nextInt(3) * 300_000L);
                devices.forEach(DeviceModel::checkStored);
            }
            settle();
        }

        private void send() throws Exception {
            int node = anyNode();
            boolean expires = random.nextInt(4) == 0;
            SendOptions options = SendOptions.defaults().withId("m" + ++messages);
            long now = nodes.node(node).clock.millis();
            Receipt receipt = null;
            for (int attempt = 0; receipt == null; attempt++) {
                try {
                    receipt = Gateway.get(nodes.node(node)
                            .manager
                            .send("ann", "m", expires ? options.withTtl(SHORT) : options.withTtl(Duration.ofHours(1))));
                } catch (Exception e) {
                    assertThat(attempt).as("attempts to send: %s", e).isLessThan(10_000);
                    LockSupport.parkNanos(1_000_000); // a store that did not answer is tried first, without publishers
                }
            }
            receipts.put(receipt.position().offset(), receipt);
            expiry.put(receipt.position().offset(), expires ? now + SHORT.toMillis() : Long.MAX_VALUE);
        }

        /** A node that is stopped does nothing: what its threads were about to do they do when it goes on. */
        private void stopOrGoOn() {
            if (stopped >= 0) {
                goOn();
                return;
            }
            stopped = random.nextInt(nodes.size());
            goesOn = new CountDownLatch(1);
            CountDownLatch latch = goesOn;
            Gateway node = nodes.node(stopped);
            node.hooked.beforeApply = changes -> await(latch);
            node.hooked.beforeExpire = () -> await(latch);
            node.hooked.afterRead = stream -> await(latch);
            node.beforeSend = () -> await(latch);
            devices.forEach(device -> {
                device.mayBeAtStop = device.mayBe;
                device.uses.forEach(use -> use.held |= use.node == stopped);
            });
        }

        private void goOn() {
            Gateway node = nodes.node(stopped);
            node.hooked.beforeApply = changes -> {};
            node.hooked.beforeExpire = () -> {};
            node.hooked.afterRead = stream -> {};
            node.beforeSend = () -> {};
            goesOn.countDown();
            stopped = -1;
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** The store refuses one write of a node, or takes it and does not say so. */
        private void fail() {
            HookedEngine engine = nodes.node(anyNode()).hooked;
            EngineException failure = new EngineException(EngineException.Reason.TIMEOUT, "as the test asked", null);
            AtomicBoolean failed = new AtomicBoolean();
            Runnable once = () -> {
                if (failed.compareAndSet(false, true)) {
                    throw failure;
                }
            };
            if (random.nextBoolean()) {
                engine.beforeApply = changes -> once.run();
            } else {
                engine.afterAppend = batch -> once.run();
            }
        }

        private boolean expired(long offset) {
            return expiry.getOrDefault(offset, Long.MAX_VALUE)
                    <= nodes.node(0).clock.millis();
        }

        /** Every device connects once more, and gets what it has not got. */
        private void settle() {
            if (stopped >= 0) {
                goOn();
            }
            devices.forEach(device -> device.open(anyNode()));
            long top = nodes.node(0).hooked.info(STREAM).top().offset();
            assertThat(receipts.keySet()).as("what was sent").hasSize(messages);
            for (DeviceModel device : devices) {
                nodes.soon(() -> {
                    device.checkStored();
                    return device.missing(top).isEmpty();
                });
                long last = device.acknowledgeAll();
                nodes.soon(() -> device.checkStored() >= last);
            }
            devices.forEach(DeviceModel::checkConnections);
            checkEnds();
        }

        /** Each message has ended once, as every node says. */
        private void checkEnds() {
            nodes.pass(SHORT);
            nodes.soon(() -> nodes.events(DeliveryEvent.MessageAcknowledged.class)
                                    .size()
                            + nodes.events(DeliveryEvent.MessageExpired.class).size()
                    >= messages);
            Map<Long, MessageState> told = new TreeMap<>();
            for (DeliveryEvent.MessageAcknowledged each : nodes.events(DeliveryEvent.MessageAcknowledged.class)) {
                assertThat(told.put(each.offset(), MessageState.ACKNOWLEDGED))
                        .as("told twice of %s", each.offset())
                        .isNull();
            }
            for (DeliveryEvent.MessageExpired each : nodes.events(DeliveryEvent.MessageExpired.class)) {
                assertThat(told.put(each.offset(), MessageState.EXPIRED))
                        .as("told twice of %s", each.offset())
                        .isNull();
            }
            receipts.forEach((offset, receipt) -> {
                for (Gateway node : nodes.all()) {
                    MessageState state = node.manager
                            .message("ann", receipt.id())
                            .orElseThrow()
                            .state();
                    assertThat(state).as("of %s", offset).isEqualTo(told.get(offset));
                    assertThat(state == MessageState.EXPIRED && !expired(offset))
                            .as("%s expired before its time", offset)
                            .isFalse();
                }
            });
        }

        private final class DeviceModel {
            private final String name;
            private final List<Use> uses = new ArrayList<>();
            private final TreeSet<Long> got = new TreeSet<>();

            /** The highest cursor that the store may have. */
            private long mayBe;

            /** The same when the node that is stopped was stopped. */
            private long mayBeAtStop;

            /** What a node has taken and may not store, unless the device comes back to it: its acks are true. */
            private final Map<Integer, Long> unstored = new HashMap<>();

            /** The cursor that the store had last. */
            private long stored;

            DeviceModel(String name) {
                this.name = name;
            }

            private Use newest() {
                return uses.get(uses.size() - 1);
            }

            void open(int node) {
                if (!uses.isEmpty() && newest().node == stopped) {
                    unstored.merge(stopped, mayBe, Math::max); // what it has acknowledged there since is not stored
                    mayBe = Math.min(mayBe, mayBeAtStop);
                }
                mayBe = Math.max(mayBe, unstored.getOrDefault(node, 0L));
                unstored.remove(node);
                Gateway.Client client = nodes.node(node).connect();
                long from = client.open("ann", name, true, null).position().offset();
                assertThat(from).as("%s goes on at its cursor", name).isBetween(stored, mayBe);
                uses.add(new Use(node, client, from));
            }

            void vanish() {
                if (newest().node != stopped) {
                    newest().vanish();
                }
            }

            /** Up to one that it has got on its newest connection. */
            void acknowledge() {
                List<Long> offsets = newest().offsets();
                if (!offsets.isEmpty() && !newest().over()) {
                    long offset = offsets.get(random.nextInt(offsets.size()));
                    if (newest().acknowledge(offset)) {
                        mayBe = Math.max(mayBe, offset);
                    }
                }
            }

            long acknowledgeAll() {
                long last = newest().offsets().isEmpty()
                        ? newest().from
                        : newest().offsets().get(newest().offsets().size() - 1);
                assertThat(newest().acknowledge(last)).isTrue();
                mayBe = Math.max(mayBe, last);
                return last;
            }

            /** On a node that does not know yet that another one has the device: that changes nothing. */
            void acknowledgeOnAnEarlierConnection() {
                for (Use use : uses) {
                    if (use.node != newest().node
                            && !use.over()
                            && !use.offsets().isEmpty()) {
                        long last = use.offsets().get(use.offsets().size() - 1);
                        if (use.acknowledge(last)) {
                            unstored.merge(use.node, last, Math::max);
                        }
                    }
                }
            }

            long checkStored() {
                long now = nodes.node(anyNode()).hooked.devices(STREAM).stream()
                        .filter(each -> each.device().equals(name))
                        .mapToLong(DeviceCursor::offset)
                        .findFirst()
                        .orElseThrow();
                assertThat(now).as("the cursor of %s, in the store", name).isBetween(stored, mayBe);
                stored = now;
                return now;
            }

            /** What it has to get and has not got. */
            List<Long> missing(long top) {
                List<Long> missing = new ArrayList<>();
                uses.forEach(use -> got.addAll(use.offsets()));
                for (long offset = 1; offset <= top; offset++) {
                    if (!got.contains(offset) && !expired(offset)) {
                        missing.add(offset);
                    }
                }
                return missing;
            }

            /** Each got what it got in order and once; those that another one replaced were told. */
            void checkConnections() {
                for (Use use : uses) {
                    long before = use.from;
                    for (long offset : use.offsets()) {
                        assertThat(offset).as("%s on node %s", name, use.node).isGreaterThan(before);
                        for (long skipped = before + 1; skipped < offset; skipped++) {
                            assertThat(expired(skipped))
                                    .as("%s skips %s", name, skipped)
                                    .isTrue();
                        }
                        before = offset;
                    }
                    if (use != newest() && !use.vanished) {
                        nodes.soon(() -> use.client.ending() != null);
                        assertThat(use.client.ending())
                                .as("a connection of %s that another one has replaced, or that was held for long", name)
                                .isIn(
                                        use.held
                                                ? List.of(
                                                        Ending.REPLACED,
                                                        Ending.FORCE_RECONNECT,
                                                        Ending.NO_PONG,
                                                        Ending.SLOW)
                                                : List.of(Ending.REPLACED, Ending.FORCE_RECONNECT, Ending.NO_PONG));
                    }
                }
                assertThat(newest().client.ending()).isNull();
            }
        }

        /** One connection of a device. */
        private final class Use {
            private final int node;
            private final Gateway.Client client;
            private final long from;
            private boolean vanished;

            /** Its node was stopped while it was open: a frame that was being written then has taken too long. */
            private boolean held;

            Use(int node, Gateway.Client client, long from) {
                this.node = node;
                this.client = client;
                this.from = from;
            }

            List<Long> offsets() {
                return client.offsets(STREAM);
            }

            boolean over() {
                return vanished || client.ending() != null;
            }

            void vanish() {
                if (!over()) {
                    vanished = true;
                    client.vanish();
                }
            }

            /** As the connection's device, on its node. @return whether the node has taken it */
            boolean acknowledge(long offset) {
                return nodes.node(node)
                        .manager
                        .acknowledge("ann", currentDevice(), new Position(epoch, offset))
                        .isPresent();
            }

            private String currentDevice() {
                return devices.stream()
                        .filter(device -> device.uses.contains(this))
                        .findFirst()
                        .orElseThrow()
                        .name;
            }
        }
    }
}
