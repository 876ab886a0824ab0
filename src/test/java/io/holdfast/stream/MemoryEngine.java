package io.holdfast.stream;

import io.holdfast.stream.EngineException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The engine's contract in the simplest form, for tests of what stands above it. Can be told to fail. */
public class MemoryEngine implements StreamEngine {
    private LongSupplier clockMillis;
    private OutboxRetention outboxes;
    private final Map<String, Stream> streams = new HashMap<>();
    private final Map<Append, AppendOutcome> earlier = new IdentityHashMap<>();
    private @Nullable Reason failing;
    private boolean storesThough;
    private boolean shared;
    private long fences;
    private long applying;
    /** The node that has claimed a device last, and when its connection was opened. */
    private record Owner(long node, long openedMillis) {
        static final Owner NOBODY = new Owner(0, 0);
    }

    private final Map<String, Owner> owners = new HashMap<>();
    private final Map<Long, List<SharedStore.TakenOver>> takenOver = new HashMap<>();
    private final MemoryRecords records = new MemoryRecords();
    private int epochs;
    private volatile long epochsVersion;

    public MemoryEngine(LongSupplier clockMillis) {
        this(clockMillis, OutboxRetention.DEFAULT);
    }

    public MemoryEngine(LongSupplier clockMillis, OutboxRetention outboxes) {
        this.clockMillis = clockMillis;
        this.outboxes = outboxes;
    }

    /** What it keeps from now on. */
    public synchronized void keep(OutboxRetention kept) {
        outboxes = kept;
    }

    /** Several nodes have it open: claims are stored, and who has claimed a device is alive. */
    public synchronized MemoryEngine amongNodes() {
        shared = true;
        return this;
    }

    /** It goes on in another life of the server. */
    public synchronized void clock(LongSupplier other) {
        clockMillis = other;
    }

    private static final class Stream {
        String epoch;
        final TreeMap<Long, Publication> kept = new TreeMap<>();
        final Map<String, MessageRecord> ids = new HashMap<>();
        final Map<String, byte[]> payloads = new HashMap<>();
        final Map<String, DeviceCursor> devices = new HashMap<>();
        final Map<String, Claim> claims = new HashMap<>();
        final Map<String, String> notes = new HashMap<>();
        long top;
        long lostUpTo;
        long confirmedUpTo;

        @Nullable
        Version version;
        /** Given up by a device, confirmed by none. */
        final TreeSet<Long> givenUp = new TreeSet<>();

        /** When what was confirmed, by time. */
        final TreeMap<Long, Long> confirmed = new TreeMap<>();
        /** The recovery window has passed up to here. */
        long overUpTo;
        /** 0 until its first write. */
        long usedMillis;

        Stream(String epoch) {
            this.epoch = epoch;
        }

        void used(LongSupplier clockMillis) {
            usedMillis = Math.max(usedMillis, clockMillis.getAsLong());
        }

        boolean confirmed(long offset) {
            return offset <= confirmedUpTo && !givenUp.contains(offset);
        }

        List<Publication> waiting() {
            return kept.values().stream()
                    .filter(publication -> !confirmed(publication.offset()))
                    .toList();
        }

        StreamStatus info() {
            long first = kept.isEmpty() ? top + 1 : kept.firstKey();
            long bytes = kept.values().stream().mapToLong(MemoryEngine::size).sum();
            List<Publication> waiting = waiting();
            return new StreamStatus(
                    new Position(epoch, top),
                    first,
                    lostUpTo,
                    confirmedUpTo,
                    List.copyOf(givenUp),
                    kept.size(),
                    bytes,
                    waiting.size(),
                    waiting.stream().mapToLong(MemoryEngine::size).sum());
        }
    }

    /** From now on writes fail; null to succeed again. */
    public synchronized void fail(@Nullable Reason reason) {
        failing = reason;
        storesThough = false;
    }

    /** From now on writes store and are reported as failed, as when an answer comes too late. */
    public synchronized void failThoughStoring(Reason reason) {
        failing = reason;
        storesThough = true;
    }

    /** As a store that a crash without a log has set back: the newest messages are gone, what devices confirmed is not. */
    public synchronized void loseAfter(String stream, long offset) {
        Stream stored = stream(stream);
        stored.kept.tailMap(offset, false).clear();
        stored.givenUp.tailSet(offset, false).clear();
        stored.top = offset;
    }

    /** As a store of which a backup was restored: another epoch, and devices that may have been promised more. */
    public synchronized void restore(String stream) {
        Stream stored = stream(stream);
        stored.epoch = "e" + ++epochs;
        epochsVersion++;
        stored.devices.replaceAll(
                (name, cursor) -> new DeviceCursor(name, cursor.offset(), cursor.seenAtMillis(), true));
    }

    /** As after a long time. */
    public synchronized void forgetIds(String stream) {
        stream(stream).ids.clear();
    }

    /** As a store whose times were ahead of a clock that was put right: they are moved back when it is opened. */
    public synchronized void moveBack(String stream, Duration time) {
        stream(stream)
                .ids
                .replaceAll((id, known) -> new MessageRecord(
                        known.position(),
                        known.publishedAtMillis() - time.toMillis(),
                        known.finalState(),
                        known.finalAtMillis()));
    }

    @Override
    public synchronized CompletionStage<List<AppendOutcome>> append(List<Append> batch) {
        if (failing != null && !storesThough) {
            return CompletableFuture.failedStage(new EngineException(failing, "told to fail", null).nothingStored());
        }
        List<AppendOutcome> outcomes = new ArrayList<>();
        for (Append append : batch) {
            outcomes.add(earlier.computeIfAbsent(append, this::append));
        }
        return failing == null
                ? CompletableFuture.completedStage(outcomes)
                : CompletableFuture.failedStage(new EngineException(failing, "told to fail after storing", null));
    }

    private AppendOutcome append(Append append) {
        Stream stream = stream(append.stream());
        MessageRecord known = stream.ids.get(append.id());
        if (known != null && known.publishedAtMillis() >= append.deduplicateFromMillis()) {
            return new AppendOutcome.Duplicate(
                    known.position(), !Arrays.equals(stream.payloads.get(append.id()), append.payload()));
        }
        Version version = append.version();
        if (version != null && !version.newerThan(stream.version)) {
            return new AppendOutcome.Outdated(new Position(stream.epoch, stream.top));
        }
        Publication publication = new Publication(
                stream.top + 1,
                append.id(),
                append.payload(),
                append.tags(),
                append.publishedAtMillis(),
                append.expiresAtMillis(),
                append.publisher());
        Retention retention = append.retention();
        boolean reject = retention.overflow() == Retention.Overflow.REJECT;
        if (size(publication) > retention.maxBytes()) {
            return new AppendOutcome.Refused();
        }
        long settled = settledUpTo(stream, clockMillis.getAsLong());
        while (reject
                && over(stream, retention, publication)
                && !stream.kept.isEmpty()
                && stream.kept.firstKey() <= settled) {
            trim(stream, stream.kept.firstKey());
        }
        if (reject && over(stream, retention, publication)) {
            return new AppendOutcome.Refused();
        }
        List<Removed> dropped = new ArrayList<>();
        while (over(stream, retention, publication)) {
            Publication oldest = stream.kept.pollFirstEntry().getValue();
            stream.lostUpTo = Math.max(stream.lostUpTo, oldest.offset());
            boolean outbox = append.stream().startsWith("#");
            if (outbox && !stream.confirmed(oldest.offset())) {
                dropped.add(new Removed(append.stream(), oldest.offset(), oldest.id(), FinalState.DROPPED));
                settle(stream, oldest, FinalState.DROPPED);
            }
            stream.givenUp.remove(oldest.offset());
        }
        stream.used(clockMillis);
        stream.top++;
        stream.kept.put(stream.top, publication);
        Position position = new Position(stream.epoch, stream.top);
        stream.version = version == null ? stream.version : version;
        stream.ids.put(append.id(), new MessageRecord(position, append.publishedAtMillis(), null, 0));
        stream.payloads.put(append.id(), append.payload());
        return new AppendOutcome.Stored(position, dropped);
    }

    private static boolean over(Stream stream, Retention retention, Publication more) {
        StreamStatus info = stream.info();
        return info.messages() + 1 > retention.maxMessages() || info.bytes() + size(more) > retention.maxBytes();
    }

    private static long size(Publication publication) {
        return publication.payload().length
                + utf8(publication.id())
                + publication.tags().entrySet().stream()
                        .mapToLong(tag -> utf8(tag.getKey()) + utf8(tag.getValue()))
                        .sum();
    }

    private static long utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private void settle(Stream stream, Publication publication, FinalState state) {
        stream.givenUp.remove(publication.offset());
        MessageRecord known = stream.ids.get(publication.id());
        if (known != null && known.position().offset() == publication.offset()) {
            stream.ids.put(
                    publication.id(),
                    new MessageRecord(known.position(), known.publishedAtMillis(), state, clockMillis.getAsLong()));
        }
    }

    @Override
    public synchronized CompletionStage<Applied> apply(List<Change> changes) {
        if (failing != null && !storesThough) {
            return CompletableFuture.failedStage(new EngineException(failing, "told to fail", null).nothingStored());
        }
        List<Applied.Refused> refused = new ArrayList<>();
        List<Applied.Confirmed> confirmed = new ArrayList<>();
        List<Removed> removed = new ArrayList<>();
        for (Change change : changes) {
            Applied.Refused refusal = refusal(change);
            if (refusal != null) {
                refused.add(refusal);
            } else if (!(change instanceof Change.ForgetStream)) {
                List<Publication> waited = stream(change.stream()).waiting();
                apply(change);
                tell(change, waited, confirmed, removed);
            }
        }
        changes.stream()
                .filter(Change.ForgetStream.class::isInstance)
                .map(Change.ForgetStream.class::cast)
                .forEach(this::forget);
        return failing == null
                ? CompletableFuture.completedStage(new Applied(refused, confirmed, removed))
                : CompletableFuture.failedStage(new EngineException(failing, "told to fail after storing", null));
    }

    private Applied.@Nullable Refused refusal(Change change) {
        String device = null;
        Claim claim = Claim.NONE;
        if (change instanceof Change.MoveCursor move) {
            device = move.device();
            claim = move.claim();
        } else if (change instanceof Change.GiveUp giveUp) {
            device = giveUp.device();
            claim = giveUp.claim();
        } else if (change instanceof Change.Note note) {
            device = note.device();
            claim = note.claim();
        }
        if (device == null || claim.fence() == 0) {
            return null;
        }
        Map<String, Claim> claims = stream(change.stream()).claims;
        if (claims.getOrDefault(device, Claim.NONE).fence() > claim.fence()) {
            return new Applied.Refused(change.stream(), device, claim.fence());
        }
        if (shared) {
            claims.put(device, claim);
        }
        return null;
    }

    private void tell(
            Change change, List<Publication> waited, List<Applied.Confirmed> confirmed, List<Removed> removed) {
        Stream stream = stream(change.stream());
        List<Long> now = new ArrayList<>();
        for (Publication each : waited) {
            if (!stream.kept.containsKey(each.offset())) {
                FinalState state = change instanceof Change.Settle settle ? settle.state() : FinalState.DROPPED;
                removed.add(new Removed(change.stream(), each.offset(), each.id(), state));
            } else if (stream.confirmed(each.offset())) {
                now.add(each.offset());
            }
        }
        if (!now.isEmpty()) {
            confirmed.add(new Applied.Confirmed(
                    change.stream(), now.stream().mapToLong(each -> each).toArray()));
        }
    }

    @Override
    public synchronized Opened open(String name, @Nullable String claimed, long openedAgoMillis) {
        Stream stream = stream(name);
        if (claimed == null) {
            return new Opened(stream.info(), devices(name), 0, false);
        }
        boolean known = stream.devices.containsKey(claimed);
        stream.claims.put(claimed, new Claim(++fences, true));
        if (shared) {
            stream.devices.putIfAbsent(
                    claimed, new DeviceCursor(claimed, stream.confirmedUpTo, clockMillis.getAsLong()));
            stream.used(clockMillis);
        }
        return new Opened(stream.info(), devices(name), fences, known);
    }

    /** As {@link #open(String, String, long)}, for one of several nodes. */
    public synchronized Opened open(String name, @Nullable String claimed, long openedAgoMillis, long node) {
        if (claimed == null) {
            return open(name, null, 0);
        }
        Claim before = stream(name).claims.getOrDefault(claimed, Claim.NONE);
        Owner coming = new Owner(node, clockMillis.getAsLong() - openedAgoMillis);
        Owner had = owners.getOrDefault(name + '\n' + claimed, Owner.NOBODY);
        boolean elsewhere = before.connected() && had != Owner.NOBODY && had.node() != node;
        if (elsewhere && had.openedMillis() - coming.openedMillis() > SURELY_LATER.toMillis()) {
            takenOver(node, name, claimed, before.fence(), had.openedMillis() - coming.openedMillis());
            return new Opened(stream(name).info(), devices(name), before.fence() - 1, true);
        }
        Opened opened = open(name, claimed, openedAgoMillis);
        owners.put(name + '\n' + claimed, coming);
        if (elsewhere) {
            takenOver(had.node(), name, claimed, opened.fence(), coming.openedMillis() - had.openedMillis());
        }
        return opened;
    }

    private void takenOver(long node, String stream, String device, long fence, long laterMillis) {
        takenOver
                .computeIfAbsent(node, any -> new ArrayList<>())
                .add(new SharedStore.TakenOver(stream, device, fence, laterMillis));
    }

    /** As {@link #apply(List)}, for one of several nodes. */
    public synchronized CompletionStage<Applied> apply(List<Change> changes, long node) {
        applying = node;
        try {
            return apply(changes);
        } finally {
            applying = 0;
        }
    }

    public synchronized List<SharedStore.TakenOver> takenOver(long node) {
        List<SharedStore.TakenOver> taken = takenOver.remove(node);
        return taken == null ? List.of() : taken;
    }

    private void forget(Change.ForgetStream whole) {
        stored(whole.stream())
                .filter(stream -> stream.empty()
                        && stream.lastUseMillis() <= whole.unusedSinceMillis()
                        && !(shared
                                && stream(whole.stream()).claims.values().stream()
                                        .anyMatch(Claim::connected))
                        && whole.unwanted().getAsBoolean())
                .ifPresent(stream -> {
                    streams.remove(stream.name());
                    epochsVersion++;
                });
    }

    @Override
    public long epochsVersion() {
        return epochsVersion;
    }

    private void apply(Change change) {
        Stream stream = stream(change.stream());
        long before = stream.kept.size() + stream.confirmedUpTo;
        change(stream, change);
        boolean begun =
                stream.usedMillis == 0 && (change instanceof Change.MoveCursor || change instanceof Change.GiveUp);
        if (stream.kept.size() + stream.confirmedUpTo != before || begun) {
            stream.used(clockMillis);
        }
    }

    private void change(Stream stream, Change change) {
        if (change instanceof Change.MoveCursor move) {
            DeviceCursor known = stream.devices.getOrDefault(move.device(), new DeviceCursor(move.device(), 0, 0));
            long offset = Math.min(move.offset(), stream.top);
            stream.devices.put(
                    move.device(),
                    new DeviceCursor(
                            move.device(),
                            Math.max(known.offset(), offset),
                            Math.max(known.seenAtMillis(), move.seenAtMillis())));
            if (move.confirmed()) {
                stream.givenUp.removeIf(each -> each > known.offset() && each <= offset);
                stream.confirmedUpTo = Math.max(stream.confirmedUpTo, offset);
                stream.confirmed.merge(
                        Math.max(known.seenAtMillis(), move.seenAtMillis()), stream.confirmedUpTo, Math::max);
            }
        } else if (change instanceof Change.GiveUp giveUp) {
            DeviceCursor known = stream.devices.get(giveUp.device());
            change(
                    stream,
                    new Change.MoveCursor(
                            giveUp.stream(), giveUp.device(), giveUp.offset(), giveUp.seenAtMillis(), false));
            boolean below = known == null || known.offset() < giveUp.offset();
            if (below && giveUp.offset() > stream.confirmedUpTo && stream.kept.containsKey(giveUp.offset())) {
                stream.givenUp.add(giveUp.offset());
            }
        } else if (change instanceof Change.Note note) {
            if (stream.devices.containsKey(note.device())) {
                stream.notes.put(note.device(), note.note());
            }
        } else if (change instanceof Change.ForgetDevice forget) {
            DeviceCursor known = stream.devices.get(forget.device());
            boolean elsewhere = shared
                    && stream.claims.getOrDefault(forget.device(), Claim.NONE).connected()
                    && owners.getOrDefault(forget.stream() + '\n' + forget.device(), Owner.NOBODY)
                                    .node()
                            != applying;
            if (known != null && known.seenAtMillis() <= forget.unseenSinceMillis() && !elsewhere) {
                stream.devices.remove(forget.device());
                stream.claims.remove(forget.device());
                stream.notes.remove(forget.device());
            }
        } else if (change instanceof Change.Discard discard) {
            for (Publication removed :
                    List.copyOf(stream.kept.headMap(discard.upTo(), true).values())) {
                stream.kept.remove(removed.offset());
                stream.lostUpTo = Math.max(stream.lostUpTo, removed.offset());
                if (!stream.confirmed(removed.offset())) {
                    settle(stream, removed, FinalState.DROPPED);
                }
            }
        } else if (change instanceof Change.Settle settle) {
            Publication removed = stream.kept.remove(settle.offset());
            if (removed != null && !stream.confirmed(removed.offset())) {
                settle(stream, removed, settle.state());
            }
        }
    }

    @Override
    public synchronized CompletionStage<Expired> expire(long nowMillis, int max, Holding holding) {
        List<Removed> removed = new ArrayList<>();
        streams.forEach((name, stream) -> List.copyOf(stream.kept.values()).stream()
                .filter(publication -> publication.expired(nowMillis))
                .forEach(publication -> {
                    stream.kept.remove(publication.offset());
                    stream.used(clockMillis);
                    if (!stream.confirmed(publication.offset())) {
                        settle(stream, publication, FinalState.EXPIRED);
                        removed.add(new Removed(name, publication.offset(), publication.id(), FinalState.EXPIRED));
                    }
                }));
        streams.forEach((name, stream) -> List.copyOf(stream.givenUp).stream()
                .filter(offset -> outboxes.wantedUntilMillis(offset, stream.devices.values()) <= nowMillis)
                .filter(offset -> !holding.wanted(name, offset))
                .forEach(offset -> {
                    Publication dead = Objects.requireNonNull(stream.kept.remove(offset));
                    stream.used(clockMillis);
                    settle(stream, dead, FinalState.DEAD);
                    removed.add(new Removed(name, offset, dead.id(), FinalState.DEAD));
                }));
        streams.forEach((name, stream) -> {
            Map<Long, Long> over = stream.confirmed.headMap(nowMillis - outboxes.windowMillis(), true);
            over.values().forEach(upTo -> stream.overUpTo = Math.max(stream.overUpTo, upTo));
            over.clear();
            long settled = Math.min(stream.overUpTo, settledUpTo(stream, nowMillis));
            trim(stream, Math.min(settled, holding.handedUpTo(name)));
        });
        return CompletableFuture.completedStage(new Expired(removed, true));
    }

    private long settledUpTo(Stream stream, long nowMillis) {
        long settled = outboxes.settledUpTo(stream.confirmedUpTo, stream.devices.values(), nowMillis);
        return stream.givenUp.isEmpty() ? settled : Math.min(settled, stream.givenUp.first() - 1);
    }

    private void trim(Stream stream, long upTo) {
        Map<Long, Publication> settled = stream.kept.headMap(upTo, true);
        if (!settled.isEmpty()) {
            settled.keySet().forEach(offset -> stream.lostUpTo = Math.max(stream.lostUpTo, offset));
            settled.clear();
            stream.used(clockMillis);
        }
    }

    @Override
    public synchronized OutboxRetention outboxRetention() {
        return outboxes;
    }

    @Override
    public synchronized Page read(String name, Position after, int maxMessages, int maxBytes) {
        Stream stream = stream(name);
        boolean known = after.epoch().isEmpty() || after.epoch().equals(stream.epoch);
        Page.Continuity continuity = !known || after.offset() > stream.top
                ? Page.Continuity.EPOCH_CHANGED
                : after.offset() < stream.lostUpTo ? Page.Continuity.LOST : Page.Continuity.CONTINUOUS;
        long from = continuity == Page.Continuity.EPOCH_CHANGED ? 0 : after.offset();
        List<Publication> page = new ArrayList<>();
        long bytes = 0;
        for (Publication publication : stream.kept.tailMap(from, false).values()) {
            bytes += size(publication);
            if (page.size() == maxMessages || (!page.isEmpty() && bytes > maxBytes)) {
                return new Page(continuity, page, true, stream.info());
            }
            page.add(publication);
        }
        return new Page(continuity, page, false, stream.info());
    }

    @Override
    public synchronized List<Publication> readBackwards(String name, long before, int maxMessages, int maxBytes) {
        List<Publication> found = new ArrayList<>();
        long bytes = 0;
        for (Publication publication :
                stream(name).kept.headMap(before, false).descendingMap().values()) {
            bytes += size(publication);
            if (found.size() == maxMessages || (!found.isEmpty() && bytes > maxBytes)) {
                return found;
            }
            found.add(publication);
        }
        return found;
    }

    @Override
    public synchronized long channels() {
        return streams.entrySet().stream()
                .filter(each -> StreamEngine.isChannel(each.getKey()) && each.getValue().usedMillis > 0)
                .count();
    }

    @Override
    public synchronized long waiting() {
        return streams.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("#"))
                .mapToLong(entry -> entry.getValue().waiting().size())
                .sum();
    }

    @Override
    public synchronized StreamStatus info(String stream) {
        return stream(stream).info();
    }

    @Override
    public synchronized List<DeviceCursor> devices(String stream) {
        Stream found = stream(stream);
        return found.devices.values().stream()
                .map(each -> new DeviceCursor(
                        each.device(),
                        each.offset(),
                        each.seenAtMillis(),
                        each.ofEarlierEpoch(),
                        shared ? found.claims.getOrDefault(each.device(), Claim.NONE) : Claim.NONE,
                        shared ? found.notes.getOrDefault(each.device(), "") : ""))
                .toList();
    }

    @Override
    public synchronized Optional<MessageRecord> message(String stream, String id) {
        return Optional.ofNullable(stream(stream).ids.get(id));
    }

    @Override
    public synchronized List<StoredStream> streams(String after, int max) {
        return streams.entrySet().stream()
                .filter(entry -> entry.getValue().usedMillis > 0 && order(entry.getKey(), after) > 0)
                .sorted((a, b) -> order(a.getKey(), b.getKey()))
                .limit(max)
                .map(entry -> stored(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static int order(String a, String b) {
        return Arrays.compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public synchronized Optional<StoredStream> stored(String name) {
        Stream stream = streams.get(name);
        return stream == null || stream.usedMillis == 0 ? Optional.empty() : Optional.of(stored(name, stream));
    }

    private static StoredStream stored(String name, Stream stream) {
        return new StoredStream(name, stream.usedMillis, stream.kept.isEmpty(), List.copyOf(stream.devices.values()));
    }

    @Override
    public SmallRecords records() {
        return records;
    }

    @Override
    public long newestMillis() {
        return 0;
    }

    @Override
    public StoreSpace space() {
        return new StoreSpace(0, Long.MAX_VALUE, OptionalLong.empty());
    }

    @Override
    public synchronized void close() {
        if (!shared) {
            streams.values().forEach(stream -> stream.claims.clear());
        }
    }

    /** The stream begins anew, as after a loss of data. */
    public synchronized void beginAnew(String name) {
        streams.remove(name);
    }

    private Stream stream(String name) {
        return streams.computeIfAbsent(name, key -> new Stream("e" + ++epochs));
    }
}
