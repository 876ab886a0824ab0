package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

import io.holdfast.stream.AppendOutcome.Duplicate;
import io.holdfast.stream.AppendOutcome.Outdated;
import io.holdfast.stream.AppendOutcome.Refused;
import io.holdfast.stream.AppendOutcome.Stored;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A stream engine in the simplest words: maps and loops. What the real ones do is compared with it. */
final class StreamEngineModel {

    static final class Stream {
        final TreeMap<Long, Append> retained = new TreeMap<>();
        final Map<String, Known> ids = new HashMap<>();
        final Map<String, DeviceCursor> devices = new HashMap<>();
        /** The last claim of each device. */
        final Map<String, Claim> claims = new HashMap<>();

        long top;
        long lostUpTo;

        /** Trimmed and expired in one sweep, which may see either first: of that only the one is a loss. */
        long perhapsLostUpTo;

        long confirmedUpTo;

        @Nullable
        Version version;

        /** Given up by a device, confirmed by none. */
        final TreeSet<Long> givenUp = new TreeSet<>();

        boolean confirmed(long offset) {
            return offset <= confirmedUpTo && !givenUp.contains(offset);
        }

        List<Append> waiting() {
            return retained.entrySet().stream()
                    .filter(entry -> !confirmed(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .toList();
        }

        /** When something was last removed, or confirmed, or it was begun; 0 until then. */
        long usedMillis;

        /** What the engine found is taken over where it may be so. */
        void lostIs(long found) {
            if (found >= lostUpTo && found <= Math.max(lostUpTo, perhapsLostUpTo)) {
                lostUpTo = found;
            }
            perhapsLostUpTo = 0;
        }

        /** What every device that is kept for has confirmed. */
        long settledUpTo(long nowMillis) {
            long settled = StreamEngineScript.OUTBOXES.settledUpTo(confirmedUpTo, devices.values(), nowMillis);
            return givenUp.isEmpty() ? settled : Math.min(settled, givenUp.first() - 1);
        }

        void used(long nowMillis) {
            usedMillis = Math.max(usedMillis, nowMillis);
        }

        long lastUseMillis() {
            return devices.values().stream()
                    .mapToLong(DeviceCursor::seenAtMillis)
                    .reduce(usedMillis, Math::max);
        }
    }

    record Known(long offset, Append append, @Nullable FinalState state, long atMillis) {}

    private final boolean shared;
    final Map<String, Stream> streams = new HashMap<>();

    /** @param shared whether claims are stored */
    StreamEngineModel(boolean shared) {
        this.shared = shared;
    }

    /** A device is claimed. */
    void claim(Stream stream, String device, long fence, long nowMillis) {
        stream.claims.put(device, new Claim(fence, true));
        if (shared) {
            DeviceCursor known = stream.devices.getOrDefault(
                    device, new DeviceCursor(device, Math.min(stream.confirmedUpTo, stream.top), nowMillis));
            stream.devices.put(
                    device, new DeviceCursor(device, known.offset(), Math.max(known.seenAtMillis(), nowMillis)));
            if (stream.usedMillis == 0) {
                stream.used(nowMillis);
            }
        }
    }

    /** The node has ended, and another one begins. */
    void reopen() {
        for (Stream stream : streams.values()) {
            if (shared) {
                stream.claims.replaceAll((device, claim) -> new Claim(claim.fence(), false));
            } else {
                stream.claims.clear();
            }
        }
    }

    Stream stream(String name) {
        return streams.computeIfAbsent(name, unknown -> new Stream());
    }

    /** Outcomes with an empty epoch: the model has none. */
    AppendOutcome append(Append append, long nowMillis) {
        Stream stream = stream(append.stream());
        Known known = stream.ids.get(append.id());
        if (known != null && known.append.publishedAtMillis() >= append.deduplicateFromMillis()) {
            return new Duplicate(
                    new Position("", known.offset), !Arrays.equals(known.append.payload(), append.payload()));
        }
        Version version = append.version();
        if (version != null && !version.newerThan(stream.version)) {
            return new Outdated(new Position("", stream.top));
        }
        Retention bound = append.retention();
        if (size(append) > bound.maxBytes()) {
            return new Refused();
        }
        while (bound.overflow() == Retention.Overflow.REJECT && isFull(stream, append)) {
            if (stream.retained.isEmpty() || stream.retained.firstKey() > stream.settledUpTo(nowMillis)) {
                return new Refused();
            }
            stream.lostUpTo = Math.max(stream.lostUpTo, stream.retained.firstKey());
            stream.retained.pollFirstEntry();
            stream.used(nowMillis);
        }
        stream.version = version == null ? stream.version : version;
        stream.used(nowMillis);
        stream.top++;
        stream.retained.put(stream.top, append);
        stream.ids.put(append.id(), new Known(stream.top, append, null, 0));
        List<Removed> dropped = new ArrayList<>();
        while (stream.retained.size() > bound.maxMessages() || bytes(stream) > bound.maxBytes()) {
            long oldest = stream.retained.firstKey();
            stream.lostUpTo = Math.max(stream.lostUpTo, oldest);
            boolean outbox = append.stream().startsWith("#");
            if (outbox && !stream.confirmed(oldest)) {
                dropped.add(new Removed(
                        append.stream(), oldest, at(stream.retained, oldest).id(), FinalState.DROPPED));
            }
            remove(stream, oldest, outbox ? FinalState.DROPPED : null, outbox ? nowMillis : 0);
        }
        return new Stored(new Position("", stream.top), dropped);
    }

    private static boolean isFull(Stream stream, Append append) {
        return stream.retained.size() + 1 > append.retention().maxMessages()
                || bytes(stream) + size(append) > append.retention().maxBytes();
    }

    Applied apply(List<Change> changes, long nowMillis) {
        List<Applied.Refused> refused = new ArrayList<>();
        List<Applied.Confirmed> confirmed = new ArrayList<>();
        List<Removed> removed = new ArrayList<>();
        for (Change change : changes) {
            Stream stream = stream(change.stream());
            Applied.Refused late = refusal(stream, change);
            if (late != null) {
                refused.add(late);
                continue;
            }
            long before = stream.retained.size() - stream.confirmedUpTo;
            TreeMap<Long, Append> waited = new TreeMap<>(stream.retained);
            waited.keySet().removeIf(stream::confirmed);
            apply(stream, change);
            waited.forEach((offset, append) -> {
                if (!stream.retained.containsKey(offset)) {
                    FinalState state = change instanceof Change.Settle settle ? settle.state() : FinalState.DROPPED;
                    removed.add(new Removed(change.stream(), offset, append.id(), state));
                }
            });
            waited.keySet().removeIf(offset -> !stream.retained.containsKey(offset) || !stream.confirmed(offset));
            if (!waited.isEmpty()) {
                confirmed.add(new Applied.Confirmed(
                        change.stream(),
                        waited.keySet().stream().mapToLong(each -> each).toArray()));
            }
            boolean begun =
                    stream.usedMillis == 0 && (change instanceof Change.MoveCursor || change instanceof Change.GiveUp);
            if (begun || stream.retained.size() - stream.confirmedUpTo != before) {
                stream.used(nowMillis);
            }
        }
        for (Change change : changes) {
            if (change instanceof Change.ForgetStream whole) {
                forget(whole);
            }
        }
        return new Applied(refused, confirmed, removed);
    }

    private Applied.@Nullable Refused refusal(Stream stream, Change change) {
        String device;
        Claim claim;
        if (change instanceof Change.MoveCursor move) {
            device = move.device();
            claim = move.claim();
        } else if (change instanceof Change.GiveUp give) {
            device = give.device();
            claim = give.claim();
        } else {
            return null;
        }
        long last = stream.claims.getOrDefault(device, Claim.NONE).fence();
        if (shared && claim.fence() > 0 && claim.fence() >= last) {
            stream.claims.put(device, claim);
        }
        boolean late = claim.fence() != 0 && last > claim.fence();
        return late ? new Applied.Refused(change.stream(), device, claim.fence()) : null;
    }

    private void forget(Change.ForgetStream whole) {
        Stream stream = stream(whole.stream());
        boolean used = stream.usedMillis == 0 // of a stream that is not stored only the claims are known, and they stay
                || !stream.retained.isEmpty()
                || stream.lastUseMillis() > whole.unusedSinceMillis()
                || (shared && stream.claims.values().stream().anyMatch(Claim::connected));
        if (!used && whole.unwanted().getAsBoolean()) {
            streams.remove(whole.stream());
        }
    }

    private static void apply(Stream stream, Change change) {
        if (change instanceof Change.MoveCursor move) {
            long offset = Math.min(move.offset(), stream.top);
            DeviceCursor before = stream.devices.getOrDefault(move.device(), new DeviceCursor(move.device(), 0, 0));
            stream.devices.put(
                    move.device(),
                    new DeviceCursor(
                            move.device(),
                            Math.max(offset, before.offset()),
                            Math.max(move.seenAtMillis(), before.seenAtMillis())));
            if (move.confirmed()) {
                stream.givenUp.removeIf(each -> each > before.offset() && each <= offset);
                stream.confirmedUpTo = Math.max(stream.confirmedUpTo, offset);
            }
        } else if (change instanceof Change.GiveUp give) {
            DeviceCursor before = stream.devices.getOrDefault(give.device(), new DeviceCursor(give.device(), 0, 0));
            apply(
                    stream,
                    new Change.MoveCursor(give.stream(), give.device(), give.offset(), give.seenAtMillis(), false));
            boolean passed = before.offset() >= give.offset() || give.offset() <= stream.confirmedUpTo;
            if (!passed && stream.retained.containsKey(give.offset())) {
                stream.givenUp.add(give.offset());
            }
        } else if (change instanceof Change.ForgetDevice forget) {
            DeviceCursor known = stream.devices.get(forget.device());
            if (known != null && known.seenAtMillis() <= forget.unseenSinceMillis()) {
                stream.devices.remove(forget.device());
                stream.claims.remove(forget.device());
            }
        } else if (change instanceof Change.Discard discard) {
            for (long offset :
                    List.copyOf(stream.retained.headMap(discard.upTo(), true).keySet())) {
                stream.lostUpTo = Math.max(stream.lostUpTo, offset);
                remove(stream, offset, FinalState.DROPPED, discard.atMillis());
            }
        } else if (change instanceof Change.Settle settle && stream.retained.containsKey(settle.offset())) {
            remove(stream, settle.offset(), settle.state(), settle.atMillis());
        }
    }

    /** In the order of expiry; equal times in any. */
    List<Removed> expire(long nowMillis) {
        List<Removed> removed = new ArrayList<>();
        streams.forEach((name, stream) -> {
            for (Map.Entry<Long, Append> entry : new TreeMap<>(stream.retained).entrySet()) {
                if (entry.getValue().expiresAtMillis() <= nowMillis) {
                    if (!stream.confirmed(entry.getKey())) {
                        removed.add(new Removed(
                                name, entry.getKey(), entry.getValue().id(), FinalState.EXPIRED));
                    }
                    remove(stream, entry.getKey(), FinalState.EXPIRED, nowMillis);
                    stream.used(nowMillis);
                    if (entry.getKey() <= stream.settledUpTo(nowMillis)) {
                        stream.perhapsLostUpTo = entry.getKey();
                    }
                }
            }
        });
        streams.forEach((name, stream) -> bury(name, stream, nowMillis, removed));
        streams.values().forEach(stream -> trim(stream, nowMillis));
        removed.sort(Comparator.comparing(Removed::stream).thenComparing(Removed::offset));
        return removed;
    }

    private static void bury(String name, Stream stream, long nowMillis, List<Removed> removed) {
        for (long offset : List.copyOf(stream.givenUp)) {
            if (StreamEngineScript.OUTBOXES.wantedUntilMillis(offset, stream.devices.values()) <= nowMillis) {
                removed.add(
                        new Removed(name, offset, at(stream.retained, offset).id(), FinalState.DEAD));
                remove(stream, offset, FinalState.DEAD, nowMillis);
                stream.used(nowMillis);
            }
        }
    }

    private static void trim(Stream stream, long nowMillis) {
        Map<Long, Append> settled = stream.retained.headMap(stream.settledUpTo(nowMillis), true);
        if (!settled.isEmpty()) {
            settled.keySet().forEach(offset -> stream.lostUpTo = Math.max(stream.lostUpTo, offset));
            settled.clear();
            stream.used(nowMillis);
        }
    }

    private static void remove(Stream stream, long offset, @Nullable FinalState state, long atMillis) {
        Append append = at(stream.retained, offset);
        stream.retained.remove(offset);
        Known known = at(stream.ids, append.id());
        boolean unconfirmed = !stream.confirmed(offset);
        stream.givenUp.remove(offset);
        if (unconfirmed && known.offset == offset) {
            stream.ids.put(append.id(), new Known(offset, known.append, state, atMillis));
        }
    }

    static <K, V> V at(Map<K, V> map, K key) {
        return requireNonNull(map.get(key));
    }

    static long bytes(Stream stream) {
        return bytes(stream.retained.values());
    }

    static long bytes(Collection<Append> appends) {
        return appends.stream().mapToLong(StreamEngineModel::size).sum();
    }

    private static long size(Append append) {
        return append.payload().length
                + utf8(append.id())
                + append.tags().entrySet().stream()
                        .mapToLong(tag -> utf8(tag.getKey()) + utf8(tag.getValue()))
                        .sum();
    }

    private static long utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
