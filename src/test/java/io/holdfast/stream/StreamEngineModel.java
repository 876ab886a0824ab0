package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

import io.holdfast.stream.AppendOutcome.Duplicate;
import io.holdfast.stream.AppendOutcome.Refused;
import io.holdfast.stream.AppendOutcome.Stored;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A stream engine in the simplest words: maps and loops. What the real ones do is compared with it. */
final class StreamEngineModel {

    static final class Stream {
        final TreeMap<Long, Append> retained = new TreeMap<>();
        final Map<String, Known> ids = new HashMap<>();
        final Map<String, DeviceCursor> devices = new HashMap<>();
        long top;
        long lostUpTo;
        long confirmedUpTo;

        /** When something was last removed, or confirmed, or it was begun; 0 until then. */
        long usedMillis;

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

    final Map<String, Stream> streams = new HashMap<>();

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
        Retention bound = append.retention();
        boolean full =
                stream.retained.size() + 1 > bound.maxMessages() || bytes(stream) + size(append) > bound.maxBytes();
        if (size(append) > bound.maxBytes() || (full && bound.overflow() == Retention.Overflow.REJECT)) {
            return new Refused();
        }
        stream.used(nowMillis);
        stream.top++;
        stream.retained.put(stream.top, append);
        stream.ids.put(append.id(), new Known(stream.top, append, null, 0));
        List<Removed> dropped = new ArrayList<>();
        while (stream.retained.size() > bound.maxMessages() || bytes(stream) > bound.maxBytes()) {
            long oldest = stream.retained.firstKey();
            stream.lostUpTo = oldest;
            if (oldest > stream.confirmedUpTo) {
                dropped.add(new Removed(
                        append.stream(), oldest, at(stream.retained, oldest).id()));
            }
            remove(stream, oldest, FinalState.DROPPED, nowMillis);
        }
        return new Stored(new Position("", stream.top), dropped);
    }

    void apply(List<Change> changes, long nowMillis) {
        for (Change change : changes) {
            Stream stream = stream(change.stream());
            long before = stream.retained.size() - stream.confirmedUpTo;
            apply(stream, change);
            boolean begun = stream.usedMillis == 0 && change instanceof Change.MoveCursor;
            if (begun || stream.retained.size() - stream.confirmedUpTo != before) {
                stream.used(nowMillis);
            }
        }
        for (Change change : changes) {
            if (change instanceof Change.ForgetStream whole) {
                forget(whole);
            }
        }
    }

    private void forget(Change.ForgetStream whole) {
        Stream stream = stream(whole.stream());
        boolean used = !stream.retained.isEmpty() || stream.lastUseMillis() > whole.unusedSinceMillis();
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
                stream.confirmedUpTo = Math.max(stream.confirmedUpTo, offset);
            }
        } else if (change instanceof Change.ForgetDevice forget) {
            stream.devices.remove(forget.device());
        } else if (change instanceof Change.Trim trim) {
            stream.retained.headMap(trim.upTo(), true).clear();
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
                    if (entry.getKey() > stream.confirmedUpTo) {
                        removed.add(new Removed(
                                name, entry.getKey(), entry.getValue().id()));
                    }
                    remove(stream, entry.getKey(), FinalState.EXPIRED, nowMillis);
                    stream.used(nowMillis);
                }
            }
        });
        removed.sort(Comparator.comparing(Removed::stream).thenComparing(Removed::offset));
        return removed;
    }

    private static void remove(Stream stream, long offset, FinalState state, long atMillis) {
        Append append = at(stream.retained, offset);
        stream.retained.remove(offset);
        Known known = at(stream.ids, append.id());
        if (offset > stream.confirmedUpTo && known.offset == offset) {
            stream.ids.put(append.id(), new Known(offset, known.append, state, atMillis));
        }
    }

    static <K, V> V at(Map<K, V> map, K key) {
        return requireNonNull(map.get(key));
    }

    static long bytes(Stream stream) {
        return stream.retained.values().stream()
                .mapToLong(StreamEngineModel::size)
                .sum();
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
