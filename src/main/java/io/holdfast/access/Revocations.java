package io.holdfast.access;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Clients and tokens that are let in no more. Asked at every connect and subscribe, in memory; kept in a file, so that a
 * restart (SIGKILL included) forgets none before its time.
 *
 * <p><b>Threads.</b> Any; changes come one after the other and wait for the disk.
 *
 * <p><b>Failure.</b> A revocation counts at once, and counts on if it could not be stored; but then {@link #add} throws, and
 * a restart would forget it.
 */
public final class Revocations {

    /** Each takes some 200 bytes of heap. */
    static final int MAX = 1_000_000;

    /** Lines that may be out of date before the file is written anew, beside as many as count. */
    private static final int SLACK = 1_000;

    private final ConcurrentHashMap<String, Revocation> byKey = new ConcurrentHashMap<>();

    @GuardedBy("this")
    private final @Nullable RevocationFile file;

    @GuardedBy("this")
    private int lines;

    private Revocations(@Nullable RevocationFile file, List<Revocation> stored) {
        this.file = file;
        this.lines = stored.size();
        stored.forEach(revocation -> byKey.put(revocation.key(), revocation));
    }

    /** None, and none will be remembered beyond the process. */
    public static Revocations inMemory() {
        return new Revocations(null, List.of());
    }

    /**
     * Those of a file, which need not exist yet. Its directory must, when the first is added.
     *
     * @throws IOException if it cannot be read
     */
    public static Revocations open(Path path) throws IOException {
        RevocationFile file = new RevocationFile(path);
        return new Revocations(file, file.read());
    }

    /**
     * Adds one, in the place of an earlier one of the same client or token; one that has expired already takes that away.
     * When it returns, it counts and is on the disk.
     *
     * @throws IOException if it could not be stored: repeat it
     * @throws IllegalStateException if there are too many
     */
    public synchronized void add(Revocation revocation, long nowMillis) throws IOException {
        byKey.values().removeIf(old -> old.expiresAtMillis() <= nowMillis);
        if (byKey.size() >= MAX && !byKey.containsKey(revocation.key())) {
            throw new IllegalStateException("there are " + MAX + " revocations; more are not kept");
        }
        byKey.put(revocation.key(), revocation);
        if (file == null) {
            return;
        }
        if (file.isTorn() || lines > 2 * byKey.size() + SLACK) {
            file.replace(byKey.values());
            lines = byKey.size();
        } else {
            file.append(revocation);
            lines++;
        }
    }

    /** Those that count, in order of their names: clients before tokens. */
    public List<Revocation> list(long nowMillis) {
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
