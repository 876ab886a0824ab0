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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Clients and tokens that may not connect any more. Asked at every connect and subscribe, in memory; kept as small records, so
 * that a restart (SIGKILL included) forgets none before its time.
 *
 * <p>A record has the key {@code revoked/c<client>} or {@code revoked/t<token id>} and the value
 * {@code <expires at> <issued before>}, both in wall-clock milliseconds.
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

    private final ConcurrentHashMap<String, Revocation> byKey = new ConcurrentHashMap<>();

    @GuardedBy("this")
    private final @Nullable SmallRecords records;

    /** Keys whose stored records may differ from memory. */
    @GuardedBy("this")
    private final Set<String> unstored = new HashSet<>();

    private Revocations(@Nullable SmallRecords records) {
        this.records = records;
    }

    /** An empty list that keeps revocations in memory only. */
    public static Revocations inMemory() {
        return new Revocations(null);
    }

    /**
     * Those that are stored.
     *
     * @param earlier the file of earlier versions; it need not exist
     * @throws EngineException if they cannot be read
     */
    public static Revocations open(SmallRecords records, Path earlier) {
        EarlierFile.carryOver(earlier, records, PREFIX, Revocations::ofLines);
        Revocations revocations = new Revocations(records);
        try {
            records.scan(PREFIX).forEach((record, value) -> {
                String key = record.substring(PREFIX.length());
                revocations.byKey.put(key, parse(key, value));
            });
        } catch (IllegalArgumentException e) {
            throw new EngineException(
                    EngineException.Reason.CORRUPT,
                    "The store has a revocation that this version cannot read. Start the version that wrote it, or"
                            + " replace the data directory with a backup",
                    e);
        }
        return revocations;
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
     * @throws EngineException if it could not be stored: repeat it
     * @throws IllegalStateException if there are too many
     */
    synchronized void add(Revocation revocation, long nowMillis) {
        byKey.forEach((key, old) -> {
            if (old.expiresAtMillis() <= nowMillis) {
                byKey.remove(key);
                unstored.add(key);
            }
        });
        if (byKey.size() >= MAX && !byKey.containsKey(revocation.key())) {
            throw new IllegalStateException("there are " + MAX + " revocations; no more can be stored");
        }
        byKey.put(revocation.key(), revocation);
        if (records == null) {
            return;
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
        records.write(batch);
        unstored.clear();
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
