package io.holdfast.stream.rocksdb;

import static io.holdfast.stream.StreamEngineContract.await;

import io.holdfast.stream.Append;
import io.holdfast.stream.AppendOutcome;
import io.holdfast.stream.Page;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Retention;
import io.holdfast.stream.StreamEngine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What {@link CrashWriterMain} said was acknowledged, and what a store that was opened afterwards makes of it. */
final class Acknowledged {

    /** stream, offset → id */
    private final Map<String, TreeMap<Long, String>> stored = new HashMap<>();

    private final Map<String, Long> trimAsked = new HashMap<>();
    private final Map<String, Long> confirmed = new HashMap<>();
    private int count;

    /** One line; the last may be torn by the kill and then is no word. */
    synchronized void heard(String line) {
        String[] words = line.split(" ");
        long offset = Long.parseLong(words[2]);
        switch (words[0]) {
            case "A" -> {
                stored.computeIfAbsent(words[1], stream -> new TreeMap<>()).put(offset, words[3]);
                count++;
            }
            case "T" -> trimAsked.merge(words[1], offset, Math::max);
            case "C" -> confirmed.merge(words[1], offset, Math::max);
            default -> throw new IllegalStateException(line);
        }
    }

    synchronized int count() {
        return count;
    }

    /** Everything that is wrong, in words; empty if all is well. */
    synchronized List<String> faultsOf(StreamEngine engine) {
        List<String> faults = new ArrayList<>();
        stored.forEach((stream, ids) -> check(engine, stream, ids, faults));
        confirmed.forEach((stream, upTo) -> {
            if (engine.info(stream).confirmedUpTo() < upTo) {
                faults.add("unconfirmed again: " + stream + " " + upTo);
            }
        });
        return faults;
    }

    private void check(StreamEngine engine, String stream, TreeMap<Long, String> acknowledged, List<String> faults) {
        long trimmed = trimAsked.getOrDefault(stream, 0L);
        Map<Long, Publication> found = new HashMap<>();
        Set<String> ids = new HashSet<>();
        Map<String, Integer> lastOfPublisher = new HashMap<>();
        Position at = new Position("", 0);
        Page page;
        do {
            page = engine.read(stream, at, 500, 1 << 20);
            for (Publication publication : page.publications()) {
                if (publication.offset() <= at.offset()) {
                    faults.add("not rising: " + stream + " " + publication.offset());
                }
                at = new Position("", publication.offset());
                found.put(publication.offset(), publication);
                String id = publication.id();
                if (!ids.add(id)) {
                    faults.add("doubled: " + stream + " " + id);
                }
                if (!Arrays.equals(publication.payload(), CrashWriterMain.payload(stream, id))
                        || !publication.tags().equals(Map.of("n", id))) {
                    faults.add("changed: " + stream + " " + id);
                }
                int dash = id.lastIndexOf('-');
                int number = Integer.parseInt(id.substring(dash + 1));
                Integer before = lastOfPublisher.put(id.substring(0, dash), number);
                if (before != null && before >= number) {
                    faults.add("reordered: " + stream + " " + id);
                }
            }
        } while (page.more());
        if (page.info().messages() != found.size() || page.info().top().offset() < acknowledged.lastKey()) {
            faults.add("meta does not fit: " + page.info());
        }
        acknowledged.forEach((offset, id) -> {
            Publication publication = found.get(offset);
            if (publication == null ? offset > trimmed : !publication.id().equals(id)) {
                faults.add("missing: " + stream + " " + offset + " " + id);
            }
        });
        checkDeduplication(engine, stream, acknowledged, faults);
    }

    private static void checkDeduplication(
            StreamEngine engine, String stream, TreeMap<Long, String> acknowledged, List<String> faults) {
        Map.Entry<Long, String> last = acknowledged.lastEntry();
        Append again = new Append(
                stream,
                last.getValue(),
                CrashWriterMain.payload(stream, last.getValue()),
                Map.of(),
                System.currentTimeMillis(),
                Publication.NEVER,
                0,
                new Retention(10_000_000, 1L << 40, Retention.Overflow.REJECT));
        AppendOutcome outcome = await(engine.append(List.of(again))).get(0);
        if (!(outcome instanceof AppendOutcome.Duplicate duplicate)
                || duplicate.position().offset() != last.getKey()
                || duplicate.conflicting()) {
            faults.add("not deduplicated: " + stream + " " + last + " " + outcome);
        }
    }
}
