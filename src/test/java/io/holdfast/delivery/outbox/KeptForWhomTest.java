package io.holdfast.delivery.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.Ending;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.commit.Workbench;
import io.holdfast.delivery.push.Steps;
import io.holdfast.stream.Change;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.OutboxRetention;
import io.holdfast.stream.OutboxRetention.DeliverTo;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The promise to devices and tabs: whoever presents a position, or comes with a cursor, gets everything above it that has not
 * expired, or is told. Devices, tabs, confirmations, bounds, expiry, long absences, restarts and forgotten devices in random
 * order, each step a single one, so that a seed always does the same.
 */
class KeptForWhomTest {
    private static final int SEEDS = Integer.getInteger("holdfast.seeds", 150);
    private static final int STEPS = 250;
    private static final String STREAM = "#u1";
    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final Duration RETENTION = Duration.ofHours(8);
    private static final String[] DEVICES = {"till", "phone", null, null, null};

    @Test
    void everybody_gets_everything_above_their_position_or_is_told() throws Exception {
        int[] told = {0};
        int[] recovered = {0};
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                World world = new World(seed);
                world.live();
                told[0] += world.told;
                recovered[0] += world.recovered;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        assertThat(told[0]).as("were told of a loss").isPositive();
        assertThat(recovered[0]).as("came back without a loss").isGreaterThan(told[0]);
    }

    private static final class World {
        private final Random random;
        private final boolean everyDevice;
        private final int keep;
        private final List<Instance> instances = new ArrayList<>();
        private final List<Publication> undelivered = new ArrayList<>();
        private final Map<Long, Long> expiresAt = new HashMap<>();
        private final Map<Long, Long> confirmedAt = new HashMap<>();
        private Workbench bench = new Workbench();
        private long top;
        private long confirmedUpTo;
        private boolean dropped;
        int told;
        int recovered;

        World(long seed) {
            random = new Random(seed);
            everyDevice = random.nextInt(4) > 0;
            keep = random.nextInt(3) > 0 ? 1_000 : 4 + random.nextInt(8);
            bench.memory.keep(new OutboxRetention(
                    WINDOW, RETENTION, everyDevice ? DeliverTo.EVERY_DEVICE : DeliverTo.ANY_DEVICE));
            for (String device : DEVICES) {
                instances.add(new Instance(device));
            }
        }

        void live() throws Exception {
            for (int step = 0; step < STEPS; step++) {
                step();
                instances.forEach(Instance::receive);
                noteConfirmed();
            }
            instances.forEach(Instance::leave);
            bench.commitChanges();
            bench.clock.advance(RETENTION.multipliedBy(2));
            bench.expire();
            assertThat(bench.memory.info(STREAM).messages()
                            - bench.memory.info(STREAM).waiting())
                    .as("kept though confirmed, long after everybody has left")
                    .isZero();
        }

        private void step() throws Exception {
            Instance one = instances.get(random.nextInt(instances.size()));
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4 -> publish();
                case 5, 6 -> deliver();
                case 7, 8 -> readers();
                case 9, 10, 11 -> one.confirm();
                case 12 -> one.come(random.nextInt(4) > 0);
                case 13 -> one.leave();
                case 14 -> bench.clock.advance(Duration.ofSeconds(random.nextInt(90)));
                case 15 -> bench.clock.advance(WINDOW.dividedBy(1 + random.nextInt(3)));
                case 16 -> rarely();
                default -> commit();
            }
        }

        private void rarely() {
            switch (random.nextInt(4)) {
                case 0 -> restart();
                case 1 -> bench.clock.advance(RETENTION.dividedBy(1 + random.nextInt(4)));
                case 2 -> forget(instances.get(random.nextInt(2)));
                default -> bench.outboxes.sweep();
            }
        }

        private void publish() throws Exception {
            long expires =
                    random.nextInt(5) == 0 ? bench.clock.millis() + 1 + random.nextInt(400_000) : Publication.NEVER;
            long first = bench.memory.info(STREAM).firstOffset();
            Publication stored = bench.store(STREAM, keep, expires);
            top = stored.offset();
            expiresAt.put(top, expires);
            undelivered.add(stored);
            dropped |= bench.memory.info(STREAM).firstOffset() > first;
        }

        private void deliver() {
            undelivered.forEach(publication -> bench.deliver(STREAM, publication));
            undelivered.clear();
        }

        private void readers() {
            for (int i = 0; i < 3; i++) {
                Steps.serve(bench.recovery);
            }
        }

        private void commit() {
            bench.outboxes.sweep();
            bench.commitChanges();
            if (random.nextBoolean()) {
                bench.expire();
            }
        }

        /** Killed: what was not committed is gone, and no connection has said that it went. */
        private void restart() {
            bench = bench.restarted();
            undelivered.clear();
            instances.forEach(Instance::restarted);
            confirmedUpTo = bench.memory.info(STREAM).confirmedUpTo();
        }

        /** As cleanup forgets a device. */
        private void forget(Instance one) {
            Outbox outbox = bench.outboxes.find("u1");
            if (one.line == null && (outbox == null || outbox.forget(one.name(), Long.MAX_VALUE))) {
                bench.memory.apply(List.of(new Change.ForgetDevice(STREAM, one.name())));
                one.got.clear();
                one.seenAtMillis = Long.MIN_VALUE;
            }
        }

        private void noteConfirmed() {
            Outbox outbox = bench.outboxes.find("u1");
            long now = outbox == null ? confirmedUpTo : outbox.confirmedUpTo();
            for (long offset = confirmedUpTo + 1; offset <= now; offset++) {
                confirmedAt.putIfAbsent(offset, bench.clock.millis());
            }
            confirmedUpTo = Math.max(confirmedUpTo, now);
        }

        private boolean expired(long offset) {
            return expiresAt.get(offset) <= bench.clock.millis();
        }

        /** One installation of the client's program, with one connection at a time. */
        private final class Instance {
            private final @Nullable String device;
            /** What it has received since it was last forgotten. */
            private final Set<Long> got = new TreeSet<>();

            private Workbench.@Nullable Line line;
            private @Nullable Position position;
            private int read;
            private long last;
            private long seenAtMillis = Long.MIN_VALUE;

            Instance(@Nullable String device) {
                this.device = device;
            }

            String name() {
                return device == null ? "default" : device;
            }

            void come(boolean withPosition) {
                leave();
                Position presented = withPosition ? position : null;
                boolean mustRecover = mustRecover(presented);
                line = bench.connect();
                RegisteredConnection.Subscribed opened = line.openAt("u1", device, presented);
                position = opened.position();
                last = position.offset();
                read = 0;
                if (opened.recovered()) {
                    recovered++;
                    long from = presented == null ? last : presented.offset();
                    assertThat(last).as("goes on at the position of %s", name()).isEqualTo(from);
                    passed(presented);
                } else {
                    told++;
                    assertThat(mustRecover)
                            .as("%s is told of a loss that need not be", name())
                            .isFalse();
                    got.clear();
                    for (long offset = 1; offset <= last; offset++) {
                        got.add(offset);
                    }
                }
                seenAtMillis = bench.clock.millis();
            }

            /** A named device without a position: its cursor has not passed what it never got. */
            private void passed(@Nullable Position presented) {
                if (presented == null && device != null && seenAtMillis != Long.MIN_VALUE) {
                    for (long offset = 1; offset <= last; offset++) {
                        assertThat(got.contains(offset) || expired(offset))
                                .as("%s, passed by the cursor of %s", offset, device)
                                .isTrue();
                    }
                } else if (seenAtMillis == Long.MIN_VALUE) {
                    for (long offset = 1; offset <= last; offset++) {
                        got.add(offset);
                    }
                }
            }

            private boolean mustRecover(@Nullable Position presented) {
                if (dropped || seenAtMillis == Long.MIN_VALUE) {
                    return false;
                }
                long now = bench.clock.millis();
                if (presented == null || device != null) {
                    return everyDevice && device != null && now - seenAtMillis < RETENTION.toMillis();
                }
                for (long offset = presented.offset() + 1; offset <= top; offset++) {
                    if (now - confirmedAt.getOrDefault(offset, now) >= WINDOW.toMillis()) {
                        return false;
                    }
                }
                return true;
            }

            /** It counts as seen when that was last stored. */
            void restarted() {
                line = null;
                seenAtMillis = bench.memory.devices(STREAM).stream()
                        .filter(known -> known.device().equals(name()))
                        .mapToLong(DeviceCursor::seenAtMillis)
                        .findAny()
                        .orElse(Long.MIN_VALUE);
            }

            void leave() {
                if (line != null) {
                    receive();
                    line.connection.ended(false);
                    line = null;
                    seenAtMillis = bench.clock.millis();
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
                        assertThat(expired(hole))
                                .as("%s is missing before %s on %s", hole, offset, name())
                                .isTrue();
                    }
                    last = offset;
                    got.add(offset);
                    position = new Position(bench.memory.info(STREAM).top().epoch(), offset);
                }
                if (line.ending != null) {
                    assertThat(line.ending).isIn(Ending.INSUFFICIENT_STATE, Ending.REPLACED, Ending.NO_PONG);
                    line = null;
                }
            }

            void confirm() {
                if (line != null) {
                    receive();
                }
                if (line != null) {
                    line.connection.pong();
                    bench.clock.advance(bench.settings.confirmInterval());
                    Steps.tick(line.connection, bench.clock);
                    line.write();
                    line.connection.pong();
                    seenAtMillis = bench.clock.millis();
                }
            }
        }
    }
}
