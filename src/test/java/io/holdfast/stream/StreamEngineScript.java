package io.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.stream.AppendOutcome.Duplicate;
import io.holdfast.stream.AppendOutcome.Outdated;
import io.holdfast.stream.AppendOutcome.Stored;
import io.holdfast.stream.Page.Continuity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Random work on an engine and on the model, compared after each step. The clock moves less than a state is kept. */
final class StreamEngineScript {

    /** No recovery window, and devices that are given up soon. */
    static final OutboxRetention OUTBOXES =
            new OutboxRetention(Duration.ZERO, Duration.ofSeconds(8), OutboxRetention.DeliverTo.EVERY_DEVICE);

    private static final List<String> STREAMS = List.of("#ann", "#bob", "orders:7", "é");

    private final Random random;
    private final StreamEngineContract test;
    private final StreamEngineModel model;

    /** Of each life of a stream, from its first write on. */
    private final Map<StreamEngineModel.Stream, String> epochs = new IdentityHashMap<>();

    private int forgotten;
    private long waiting;
    private long givenUp;
    private int dead;
    private int refused;
    private final Map<String, List<Long>> fences = new HashMap<>();
    private List<Append> lastBatch = List.of();
    private List<AppendOutcome> lastOutcomes = List.of();

    StreamEngineScript(long seed, StreamEngineContract test) {
        this.random = new Random(seed);
        this.test = test;
        this.model = new StreamEngineModel(test.shared());
    }

    void run(int steps) {
        for (int step = 0; step < steps; step++) {
            test.now.addAndGet(random.nextInt(3000));
            int what = random.nextInt(23);
            if (what < 10) {
                append();
            } else if (what < 15) {
                change();
            } else if (what < 18) {
                expire();
            } else if (what == 18) {
                repeat();
            } else if (what > 20) {
                claim();
            } else if (what > 19) {
                retire();
            } else if (random.nextInt(4) == 0) {
                test.reopen();
                model.reopen();
                lastBatch = List.of();
                lastOutcomes = List.of();
            }
            waiting = 0;
            STREAMS.forEach(this::compare);
            assertThat(test.engine.waiting()).isEqualTo(waiting);
        }
        assertThat(epochs).as("each life has an epoch of its own").hasSameSizeAs(Set.copyOf(epochs.values()));
    }

    /**
     * How often that happened which happened least: a stream forgotten, one given up that others want, one dead, a change
     * refused.
     */
    long rarest() {
        return Math.min(forgotten, Math.min(givenUp, Math.min(dead, refused)));
    }

    private void append() {
        List<Append> batch = new ArrayList<>();
        List<AppendOutcome> expected = new ArrayList<>();
        for (int i = random.nextInt(8); i >= 0; i--) {
            Append append = randomAppend();
            batch.add(append);
            expected.add(model.append(append, test.now.get()));
        }
        lastBatch = batch;
        lastOutcomes = StreamEngineContract.await(test.engine.append(batch));
        assertThat(lastOutcomes.stream().map(StreamEngineScript::withoutEpoch).toList())
                .isEqualTo(expected);
    }

    private void repeat() {
        assertThat(StreamEngineContract.await(test.engine.append(lastBatch))).isEqualTo(lastOutcomes);
    }

    private Append randomAppend() {
        byte[] payload = new byte[random.nextInt(30)];
        random.nextBytes(payload);
        Retention retention = new Retention(
                1 + random.nextInt(6),
                20 + random.nextInt(120),
                random.nextInt(3) == 0 ? Retention.Overflow.REJECT : Retention.Overflow.DROP_OLDEST);
        long now = test.now.get();
        return new Append(
                STREAMS.get(random.nextInt(STREAMS.size())),
                "id" + random.nextInt(60),
                payload,
                random.nextInt(4) == 0 ? Map.of("k", "v" + random.nextInt()) : Map.of(),
                now,
                random.nextInt(3) == 0 ? Publication.NEVER : now + random.nextInt(20_000),
                random.nextInt(8) == 0 ? Append.NO_EARLIER : now - 30_000,
                retention,
                null,
                random.nextInt(4) == 0 ? new Version(1 + random.nextInt(9), random.nextBoolean() ? "" : "v") : null);
    }

    private void change() {
        List<Change> changes = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            String stream = STREAMS.get(random.nextInt(STREAMS.size()));
            long offset = Math.max(0, model.stream(stream).top - random.nextInt(6) + 1);
            String device = "d" + random.nextInt(3);
            changes.add(
                    switch (random.nextInt(20)) {
                        case 0, 1 ->
                            new Change.MoveCursor(
                                    stream, device, offset, test.now.get() - 50, true, anyClaim(stream, device));
                        case 2 -> new Change.Discard(stream, offset, test.now.get());
                        case 3, 4 -> new Change.Settle(stream, offset, FinalState.DEAD, test.now.get());
                        case 5 -> new Change.ForgetDevice(stream, device, test.now.get() - random.nextInt(2_000));
                        case 6, 7 ->
                            new Change.MoveCursor(
                                    stream, device, offset, test.now.get(), false, anyClaim(stream, device));
                        case 8, 9 -> forget(stream, 6_000);
                        case 11, 12, 13, 14 ->
                            new Change.GiveUp(
                                    stream,
                                    device,
                                    offset,
                                    test.now.get() - random.nextInt(4_000),
                                    anyClaim(stream, device));
                        case 10 -> new Change.Discard(stream, Long.MAX_VALUE, test.now.get());
                        default -> new Change.MoveCursor(stream, device, offset, test.now.get() - 5, true);
                    });
        }
        apply(changes);
    }

    private void apply(List<Change> changes) {
        int before = model.streams.size();
        Applied expected = model.apply(changes, test.now.get());
        forgotten += Math.max(0, before - model.streams.size());
        Applied applied = StreamEngineContract.await(test.engine.apply(changes));
        assertThat(Set.copyOf(applied.refused())).isEqualTo(Set.copyOf(expected.refused()));
        refused += applied.refused().size();
        assertThat(offsets(applied)).isEqualTo(offsets(expected));
        assertThat(applied.removed()).containsExactlyInAnyOrderElementsOf(expected.removed());
    }

    private static Map<String, List<Long>> offsets(Applied applied) {
        Map<String, List<Long>> offsets = new TreeMap<>();
        for (Applied.Confirmed each : applied.confirmed()) {
            List<Long> ofStream = offsets.computeIfAbsent(each.stream(), stream -> new ArrayList<>());
            Arrays.stream(each.offsets()).forEach(ofStream::add);
        }
        offsets.values().forEach(Collections::sort);
        return offsets;
    }

    /** A device is claimed. The claims before it are tried, too. */
    private void claim() {
        String name = STREAMS.get(random.nextInt(2));
        String device = "d" + random.nextInt(3);
        StreamEngineModel.Stream stream = model.stream(name);
        Opened opened = test.engine.open(name, random.nextInt(4) == 0 ? null : device);
        assertThat(opened.info()).isEqualTo(test.engine.info(name));
        if (opened.fence() != 0) {
            assertThat(opened.known()).isEqualTo(stream.devices.containsKey(device));
            assertThat(opened.fence())
                    .isGreaterThan(
                            stream.claims.getOrDefault(device, Claim.NONE).fence());
            model.claim(stream, device, opened.fence(), test.now.get());
            fences.computeIfAbsent(name + device, any -> new ArrayList<>()).add(opened.fence());
        }
    }

    private Claim anyClaim(String stream, String device) {
        List<Long> known = fences.getOrDefault(stream + device, List.of());
        return known.isEmpty() || random.nextBoolean()
                ? Claim.NONE
                : new Claim(known.get(Math.max(0, known.size() - 1 - random.nextInt(2))), random.nextBoolean());
    }

    /** A stream is emptied and, perhaps a moment too early, forgotten. */
    private void retire() {
        String stream = STREAMS.get(random.nextInt(STREAMS.size()));
        apply(List.of(new Change.Discard(stream, Long.MAX_VALUE, test.now.get())));
        test.now.addAndGet(random.nextInt(3));
        apply(List.of(forget(stream, 3)));
    }

    private Change forget(String stream, int agoMillis) {
        boolean unwanted = random.nextInt(4) > 0;
        return new Change.ForgetStream(stream, test.now.get() - random.nextInt(agoMillis), () -> unwanted);
    }

    private void expire() {
        List<Removed> removed = new ArrayList<>();
        StreamEngine.Expired expired;
        do {
            expired = StreamEngineContract.await(test.expire(test.now.get(), 1 + random.nextInt(5)));
            removed.addAll(expired.removed());
        } while (!expired.exhausted());
        removed.sort(Comparator.comparing(Removed::stream).thenComparing(Removed::offset));
        assertThat(removed).isEqualTo(model.expire(test.now.get()));
        dead += (int)
                removed.stream().filter(each -> each.state() == FinalState.DEAD).count();
    }

    private void compare(String name) {
        StreamEngineModel.Stream stream = model.stream(name);
        StreamStatus info = test.engine.info(name);
        stream.lostIs(info.lostUpTo());
        long first = stream.retained.isEmpty() ? stream.top + 1 : stream.retained.firstKey();
        assertThat(info)
                .isEqualTo(new StreamStatus(
                        new Position(info.top().epoch(), stream.top),
                        first,
                        stream.lostUpTo,
                        stream.confirmedUpTo,
                        List.copyOf(stream.givenUp),
                        stream.retained.size(),
                        StreamEngineModel.bytes(stream),
                        stream.waiting().size(),
                        StreamEngineModel.bytes(stream.waiting())));
        waiting += name.startsWith("#") ? stream.waiting().size() : 0;
        givenUp += stream.givenUp.size();
        assertThat(test.engine.devices(name).stream()
                        .map(StreamEngineScript::withoutClaim)
                        .toList())
                .containsExactlyInAnyOrderElementsOf(stream.devices.values());
        compareStored(name, stream, info.top().epoch());
        comparePage(name, stream);
        String id = "id" + random.nextInt(60);
        Optional<MessageRecord> expected = Optional.ofNullable(stream.ids.get(id))
                .map(known -> new MessageRecord(
                        new Position(info.top().epoch(), known.offset()),
                        known.append().publishedAtMillis(),
                        known.state(),
                        known.atMillis()));
        assertThat(test.engine.message(name, id)).isEqualTo(expected);
    }

    private void compareStored(String name, StreamEngineModel.Stream stream, String epoch) {
        Optional<StoredStream> stored = test.engine.stored(name);
        assertThat(stored.isPresent()).isEqualTo(stream.usedMillis > 0);
        if (stored.isPresent()) {
            assertThat(stored.get().empty()).isEqualTo(stream.retained.isEmpty());
            if (stream.retained.isEmpty()) {
                assertThat(stored.get().lastUseMillis()).isEqualTo(stream.lastUseMillis());
            }
            assertThat(epochs.computeIfAbsent(stream, life -> epoch)).isEqualTo(epoch);
        }
    }

    private void comparePage(String name, StreamEngineModel.Stream stream) {
        long after = random.nextInt((int) stream.top + 1);
        int max = 1 + random.nextInt(8);
        Page page = test.engine.read(name, new Position("", after), max, Integer.MAX_VALUE);
        List<Long> expected = stream.retained.tailMap(after, false).keySet().stream()
                .limit(max)
                .toList();
        assertThat(page.publications().stream().map(Publication::offset).toList())
                .isEqualTo(expected);
        for (Publication publication : page.publications()) {
            Append append = StreamEngineModel.at(stream.retained, publication.offset());
            assertThat(publication.id()).isEqualTo(append.id());
            assertThat(publication.payload()).isEqualTo(append.payload());
            assertThat(publication.tags()).isEqualTo(append.tags());
        }
        assertThat(page.more()).isEqualTo(stream.retained.tailMap(after, false).size() > max);
        assertThat(page.continuity()).isEqualTo(after < stream.lostUpTo ? Continuity.LOST : Continuity.CONTINUOUS);
    }

    private static DeviceCursor withoutClaim(DeviceCursor device) {
        return new DeviceCursor(device.device(), device.offset(), device.seenAtMillis(), device.ofEarlierEpoch());
    }

    private static AppendOutcome withoutEpoch(AppendOutcome outcome) {
        if (outcome instanceof Stored stored) {
            return new Stored(new Position("", stored.position().offset()), stored.dropped());
        }
        if (outcome instanceof Duplicate duplicate) {
            return new Duplicate(new Position("", duplicate.position().offset()), duplicate.conflicting());
        }
        if (outcome instanceof Outdated outdated) {
            return new Outdated(new Position("", outdated.top().offset()));
        }
        return outcome;
    }
}
