package io.holdfast.cleanup;

import java.util.Optional;

/** Actions of administrators outside of the cycles: restore, hold, release. All are audited. Any thread. */
final class AdministratorActions {
    private final CoordinatorParts parts;

    AdministratorActions(CoordinatorParts parts) {
        this.parts = parts;
    }

    /** @return false if it is not soft-deleted */
    boolean restore(String kind, String id, String by, Operations operations) {
        CleanupProvider provider = parts.providers().find(kind);
        if (provider == null) {
            throw parts.providers().unknown(kind);
        }
        return operations.call(() -> {
            synchronized (parts.gate()) {
                return restore(provider, new Key(kind, id), by);
            }
        });
    }

    int restoreCycle(long cycle, String by, Operations operations) {
        int restored = 0;
        for (SoftDeleted each : parts.records().softDeleted(any -> any.cycle() == cycle)) {
            restored += restore(each.kind(), each.id(), by, operations) ? 1 : 0;
        }
        return restored;
    }

    private boolean restore(CleanupProvider provider, Key key, String by) {
        parts.records().settle();
        Optional<SoftDeleted> found = parts.records().softDeleted(key).or(() -> stuck(key));
        if (found.isEmpty() || parts.records().isBeingDeleted(key)) {
            return false;
        }
        provider.restore(found.get().candidate());
        long now = parts.clock().millis();
        long until = now + parts.settings().restoreHold().toMillis();
        Hold known = parts.records().hold(key);
        if (until > now && (known == null || known.endsAtMillis() < until)) {
            // Recorded before the restore: after a crash between the two, the resource is held and is kept.
            hold(new Hold("", key.kind(), key.id(), by, "it was restored", now, until));
        }
        parts.records().restored(key, audit(key, "restore", "asked for", "restored", by, now));
        return true;
    }

    /** What a cycle could not take back. */
    private Optional<SoftDeleted> stuck(Key key) {
        return parts.records()
                .failure(key)
                .map(failure -> new SoftDeleted(
                        key.kind(), key.id(), failure.owner(), 0, failure.detail(), failure.cycle(), 0, 0));
    }

    void hold(Hold hold) {
        if (hold.owner().isEmpty() && parts.providers().find(hold.kind()) == null) {
            throw parts.providers().unknown(hold.kind());
        }
        synchronized (parts.gate()) {
            AuditEntry audit =
                    audit(hold.key(), "hold", hold.reason(), "held: " + hold.what(), hold.by(), hold.setAtMillis());
            parts.records().hold(hold, audit);
        }
    }

    /** @return false if there is no such hold */
    boolean release(Key key, String by) {
        synchronized (parts.gate()) {
            parts.records().settle();
            Hold found = parts.records().hold(key);
            if (found == null) {
                return false;
            }
            long now = parts.clock().millis();
            AuditEntry audit = audit(key, "release", "asked for", "released: " + found.what(), by, now);
            parts.records().release(found, audit);
            return true;
        }
    }

    private AuditEntry audit(Key key, String action, String why, String result, String by, long now) {
        String kind = key.kind().isEmpty() ? "owner" : key.kind();
        return new AuditEntry(parts.records().nextAudit(), now, by, 0, kind, key.id(), action, why, result);
    }
}
