package io.holdfast.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.stream.EarlierFile;
import io.holdfast.stream.EngineException;
import io.holdfast.stream.RecordBatch;
import io.holdfast.stream.SmallRecords;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Clients and tokens that may not connect any more. Asked at every connect and subscribe, in memory; kept as small records, so
 * that a restart (SIGKILL included) forgets none before its time.
 *
 * <p>A record has the key {@code revoked/c<client>} or {@code revoked/t<token id>} and the value
 * {@code <expires at> <issued before>}, both in wall-clock milliseconds.
 *
 * <p><b>Several nodes.</b> Each tells the others what it revokes. In case that gets lost, each looks every second whether another
 * one has changed the records, and only then reads them ({@link RevocationChanges}).
 *
 * <p><b>Threads.</b> Any; changes come one after the other and wait for the disk.
 *
 * <p><b>Failure.</b> A revocation counts at once, and still counts if it could not be stored; but then {@link #add} throws, and
 * unless a later {@link #add} succeeds a restart would forget it.
 */
public final class Revocations {

    /** The most revocations. Each takes about 200 bytes of heap. */
    static final int MAX = 1_000_000;

    private static final String PREFIX = "revoked/";
    private static final int FIELDS = 4;

    /**
     * How long a stored revocation that has ended stays, where another node may be prolonging it at this moment.
     */
    private static final long ENDED_KEPT_MILLIS = TimeUnit.HOURS.toMillis(1);

    private final ConcurrentHashMap<String, Revocation> byKey = new ConcurrentHashMap<>();

    @GuardedBy("this")
    private final @Nullable SmallRecords records;

    /** Keys whose stored records may differ from memory. */
    @GuardedBy("this")
    private final Set<String> unstored = new HashSet<>();

    /** Null where this node is alone. */
    @GuardedBy("this")
    private final @Nullable RevocationChanges changes;

    /** Whether changes of other nodes may have been missed. */
    @GuardedBy("this")
    private boolean doubtful;

    private Revocations(@Nullable SmallRecords records, @Nullable RevocationChanges changes) {
        this.records = records;
        this.changes = changes;
    }

    /** An empty list that keeps revocations in memory only. */
    public static Revocations inMemory() {
        return new Revocations(null, null);
    }

    /**
     * Those that are stored.
     *
     * @param earlier the file of earlier versions; it need not exist
     * @throws EngineException if they cannot be read
     */
    public static Revocations open(SmallRecords records, Path earlier) {
        EarlierFile.carryOver(earlier, records, PREFIX, Revocations::ofLines);
        Revocations revocations = new Revocations(records, null);
        revocations.byKey.putAll(read(records));
        return revocations;
    }

    /**
     * Those that are stored, which other nodes change too. {@link #readChanges} is to be called every second.
     *
     * @param node this node's number
     * @throws EngineException if they cannot be read
     */
    public static Revocations shared(SmallRecords records, LongSupplier node) {
        RevocationChanges changes = new RevocationChanges(node);
        changes.note(records.scan(RevocationChanges.PREFIX)); // first: a change in between is read once more
        Revocations revocations = new Revocations(records, changes);
        revocations.byKey.putAll(read(records));
        return revocations;
    }

    private static Map<String, Revocation> read(SmallRecords records) {
        Map<String, Revocation> stored = new HashMap<>();
        try {
            records.scan(PREFIX).forEach((record, value) -> {
                String key = record.substring(PREFIX.length());
                stored.put(key, parse(key, value));
            });
        } catch (IllegalArgumentException e) {
            throw new EngineException(
                    EngineException.Reason.CORRUPT,
                    "The store has a revocation that this version cannot read. Start the version that wrote it, or"
                            + " replace the data directory with a backup",
                    e);
        }
        return stored;
    }

    /** Lines of an earlier version: {@code <expires at> <issued before> <c|t> <name in base64url>}; later ones count. */
    private static RecordBatch ofLines(List<String> lines) {
        RecordBatch batch = new RecordBatch();
        for (String line : lines) {
            String[] fields = line.split(" ", -1);
            if (fields.length != FIELDS) {
                throw new IllegalArgumentException("a line has not " + FIELDS + " fields");
            }
            String key = fields[2] + new String(Base64.getUrlDecoder().decode(fields[3]), UTF_8);
            put(batch, key, parse(key, fields[0] + " " + fields[1]));
        }
        return batch;
    }

    private static Revocation parse(String key, String value) {
        String[] times = value.split(" ", -1);
        if (key.isEmpty() || times.length != 2) {
            throw new IllegalArgumentException("not a revocation");
        }
        long expiresAt = Long.parseLong(times[0]);
        String name = key.substring(1);
        return key.charAt(0) == 'c'
                ? Revocation.ofClient(name, Long.parseLong(times[1]), expiresAt)
                : Revocation.ofToken(name, expiresAt);
    }

    private static void put(RecordBatch batch, String key, Revocation revocation) {
        batch.put(PREFIX + key, revocation.expiresAtMillis() + " " + revocation.issuedBeforeMillis());
    }

    /**
     * Adds one, in the place of an earlier one of the same client or token; one that has expired already takes the earlier one
     * away. When it returns, the revocation counts and is on the disk.
     *
     * @return which change of this node it is, for the others; 0 where this node is alone
     * @throws EngineException if it could not be stored: repeat it
     * @throws IllegalStateException if there are too many
     */
    synchronized long add(Revocation revocation, long nowMillis) {
        long endedMillis = changes == null ? nowMillis : nowMillis - ENDED_KEPT_MILLIS;
        byKey.forEach((key, old) -> {
            if (old.expiresAtMillis() <= endedMillis) {
                byKey.remove(key);
                unstored.add(key);
            }
        });
        if (byKey.size() >= MAX && !byKey.containsKey(revocation.key())) {
            throw new IllegalStateException("there are " + MAX + " revocations; no more can be stored");
        }
        byKey.put(revocation.key(), revocation);
        if (records == null) {
            return 0;
        }
        unstored.add(revocation.key());
        RecordBatch batch = new RecordBatch();
        for (String key : unstored) {
            Revocation current = byKey.get(key);
            if (current == null) {
                batch.delete(PREFIX + key);
            } else {
                put(batch, key, current);
            }
        }
        long change = changes == null ? 0 : changes.write(batch, nowMillis);
        records.write(batch);
        unstored.clear();
        return change;
    }

    /**
     * Another node has revoked something, and has stored it.
     *
     * @param change which change of that node it is
     */
    synchronized void learn(Revocation revocation, long node, long change) {
        byKey.put(revocation.key(), revocation);
        if (changes != null) {
            changes.told(node, change);
        }
    }

    /**
     * Reads what other nodes have changed, if they have.
     *
     * @return what is new here
     * @throws EngineException if it cannot be read: then everything is read the next time
     */
    synchronized List<Revocation> readChanges() {
        if (records == null || changes == null) {
            return List.of();
        }
        boolean wasDoubtful = doubtful;
        doubtful = true;
        boolean unseen = changes.note(records.scan(RevocationChanges.PREFIX));
        List<Revocation> fresh = wasDoubtful || unseen ? reread(records) : List.of();
        doubtful = false;
        return fresh;
    }

    private synchronized List<Revocation> reread(SmallRecords from) {
        Map<String, Revocation> stored = read(from);
        unstored.forEach(stored::remove); // what is known here is newer
        List<Revocation> fresh = stored.entrySet().stream()
                .filter(each -> !each.getValue().equals(byKey.get(each.getKey())))
                .map(Map.Entry::getValue)
                .toList();
        Set<String> kept = new HashSet<>(unstored);
        kept.addAll(stored.keySet());
        byKey.keySet().retainAll(kept);
        byKey.putAll(stored);
        return fresh;
    }

    /** Those that count, in order of their names: clients before tokens. */
    public List<Revocation> list(Instant now) {
        long nowMillis = now.toEpochMilli();
        return byKey.values().stream()
                .filter(revocation -> revocation.expiresAtMillis() > nowMillis)
                .sorted(Comparator.comparing(Revocation::key))
                .toList();
    }

    boolean hit(Identity identity, long nowMillis) {
        return hits(byKey.get('c' + identity.client()), identity, nowMillis)
                || (identity.tokenId() != null && hits(byKey.get('t' + identity.tokenId()), identity, nowMillis));
    }

    boolean hitToken(@Nullable String tokenId, long nowMillis) {
        Revocation found = tokenId == null ? null : byKey.get('t' + tokenId);
        return found != null && found.expiresAtMillis() > nowMillis;
    }

    private static boolean hits(@Nullable Revocation revocation, Identity identity, long nowMillis) {
        return revocation != null && revocation.expiresAtMillis() > nowMillis && revocation.hits(identity);
    }
}
