package io.holdfast.cleanup;

import io.holdfast.delivery.DeliveryClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Resources in memory, hidden by a soft delete; candidates when unused for ten days. */
final class MemoryProvider implements CleanupProvider {
    static final Duration AGE = Duration.ofDays(10);

    final TreeMap<String, Long> usedAt = new TreeMap<>();
    final Set<String> hidden = new TreeSet<>();
    final Set<String> needed = new TreeSet<>();
    final List<String> log = new ArrayList<>();
    /** A walk never gets on. */
    boolean standsStill;

    /** No walk can go on from there. */
    String lostCursor = "";

    volatile Trouble trouble = (operation, id) -> {};
    private final String kind;
    private final int order;
    private final DeliveryClock clock;

    /** Throws what shall go wrong. */
    interface Trouble {
        void at(String operation, String id);
    }

    MemoryProvider(String kind, int order, DeliveryClock clock) {
        this.kind = kind;
        this.order = order;
        this.clock = clock;
    }

    /** Puts things there that were used so long ago. */
    MemoryProvider with(Duration ago, String... ids) {
        for (String id : ids) {
            usedAt.put(id, clock.millis() - ago.toMillis());
        }
        return this;
    }

    MemoryProvider withMany(Duration ago, String prefix, int count) {
        for (int i = 0; i < count; i++) {
            with(ago, prefix + String.format("%05d", i));
        }
        return this;
    }

    void use(String id) {
        usedAt.put(id, clock.millis());
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public int order() {
        return order;
    }

    @Override
    public CandidatePage discover(String cursor, int limit) {
        trouble.at("discover", "");
        if (!cursor.isEmpty() && cursor.equals(lostCursor)) {
            throw new CleanupException(CleanupException.Cause.AUTHORIZATION, "no such cursor", null);
        }
        if (standsStill) {
            return new CandidatePage(List.of(), 0, cursor);
        }
        List<Candidate> found = new ArrayList<>();
        String last = null;
        int looked = 0;
        for (Map.Entry<String, Long> thing : usedAt.tailMap(cursor, false).entrySet()) {
            if (looked == limit) {
                return new CandidatePage(found, looked, last);
            }
            looked++;
            last = thing.getKey();
            if (clock.millis() - thing.getValue() >= AGE.toMillis()) {
                found.add(new Candidate(last, "owner-of-" + last, thing.getValue(), "unused"));
            }
        }
        return new CandidatePage(found, looked, null);
    }

    @Override
    public synchronized Optional<String> dependency(Candidate candidate) {
        trouble.at("dependency", candidate.id());
        Long used = usedAt.get(candidate.id());
        if (used != null && used > candidate.unusedSinceMillis()) {
            return Optional.of("it was used");
        }
        return needed.contains(candidate.id()) ? Optional.of("it is needed") : Optional.empty();
    }

    /** A box hangs together with what it is named after. */
    @Override
    public boolean isKeptBy(Candidate candidate, String kind, String id) {
        return !kind.equals(this.kind) && candidate.id().equals("box-of-" + id);
    }

    @Override
    public synchronized void softDelete(Candidate candidate) {
        trouble.at("softDelete", candidate.id());
        hidden.add(candidate.id());
        log.add("hide " + candidate.id());
        trouble.at("softDeleted", candidate.id());
    }

    @Override
    public synchronized void restore(Candidate candidate) {
        trouble.at("restore", candidate.id());
        hidden.remove(candidate.id());
        log.add("restore " + candidate.id());
        trouble.at("restored", candidate.id());
    }

    @Override
    public synchronized boolean delete(Candidate candidate) {
        trouble.at("delete", candidate.id());
        Long used = usedAt.get(candidate.id());
        if (used != null && used > candidate.unusedSinceMillis()) {
            return false;
        }
        usedAt.remove(candidate.id());
        hidden.remove(candidate.id());
        log.add("delete " + candidate.id());
        trouble.at("deleted", candidate.id());
        return true;
    }
}
