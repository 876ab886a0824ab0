package io.holdfast.cleanup;

import io.holdfast.delivery.DeliveryClock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The third stage: the providers work. Soft deletes come first, in the order of the kinds; then, since they cannot be taken
 * back, the deletes of what has had its grace period.
 *
 * <p>Under {@value #RETRY_PERCENT} % failed is logged; up to {@value #ABORT_PERCENT} % the failed ones are tried again once; above,
 * what was soft-deleted is taken back and the cycle is aborted, as soon as that many have failed.
 */
final class Cleaning {
    static final int RETRY_PERCENT = 5;
    static final int ABORT_PERCENT = 20;
    private static final Logger LOG = Logger.getLogger(Cleaning.class.getName());

    private final Map<String, CleanupProvider> providers;
    private final CleanupRecords records;
    private final Operations operations;
    private final DeliveryClock clock;
    private final Object gate;
    private final Map<Key, Item> items = new LinkedHashMap<>();
    private int planned;
    private int failures;
    private @Nullable String aborted;

    /**
     * @param gate the lock that is held while a resource is checked and changed, so that no restore or hold comes in between
     */
    Cleaning(
            Map<String, CleanupProvider> providers,
            CleanupRecords records,
            Operations operations,
            DeliveryClock clock,
            Object gate) {
        this.providers = providers;
        this.records = records;
        this.operations = operations;
        this.clock = clock;
        this.gate = gate;
    }

    /** @return the items with what became of them */
    List<Item> clean(List<Item> plan) {
        plan.forEach(item -> items.put(item.key(), item));
        planned = (int) plan.stream().filter(Cleaning::touched).count();
        work(plan.stream()
                .filter(item -> item.action() == Action.SOFT_DELETE && touched(item))
                .toList());
        work(plan.stream().filter(item -> item.action() == Action.DELETE).toList());
        if (aborted == null && percent() >= RETRY_PERCENT) {
            work(failed());
        }
        if (aborted != null) {
            undo(softDeleted());
        }
        failed().forEach(item ->
                LOG.log(Level.WARNING, "Cleanup could not process a resource of the kind {0}: {1}", new Object[] {
                    item.kind(), item.detail()
                }));
        return List.copyOf(items.values());
    }

    /** Why it was aborted; null if it was not. */
    @Nullable
    String aborted() {
        return aborted;
    }

    private static boolean touched(Item item) {
        return item.is(Outcome.PLANNED) || item.action() == Action.DELETE;
    }

    private double percent() {
        return planned == 0 ? 0 : 100.0 * failures / planned;
    }

    private List<Item> failed() {
        return items.values().stream().filter(item -> item.is(Outcome.FAILED)).toList();
    }

    private List<Item> softDeleted() {
        return items.values().stream()
                .filter(item -> item.is(Outcome.SOFT_DELETED))
                .toList();
    }

    private void work(List<Item> some) {
        for (Item item : some) {
            if (aborted != null) {
                return;
            }
            done(attempt(item));
            if (percent() > ABORT_PERCENT) {
                aborted = failures + " of " + planned + " resources failed, more than " + ABORT_PERCENT + " %";
            }
        }
    }

    private void done(Item item) {
        Item before = items.put(item.key(), item);
        failures += (item.is(Outcome.FAILED) ? 1 : 0) - (before != null && before.is(Outcome.FAILED) ? 1 : 0);
        records.done(item);
    }

    private Item attempt(Item item) {
        CleanupProvider provider = providers.get(item.kind());
        if (provider == null) {
            return item.with(Outcome.FAILED, "no provider for this kind exists any more");
        }
        try {
            return operations.call(() -> {
                synchronized (gate) {
                    return once(provider, item);
                }
            });
        } catch (CleanupException e) {
            return item.with(Outcome.FAILED, AuditEntry.word(e.reason()) + ": " + e.getMessage());
        }
    }

    /** It is looked at again, since much may have happened to it. */
    private Item once(CleanupProvider provider, Item item) {
        String reason = Discovery.reasonToKeep(provider, item, records, clock.millis());
        if (item.action() == Action.SOFT_DELETE) {
            if (reason != null) {
                return item.with(Outcome.KEPT, reason);
            }
            provider.softDelete(item.candidate());
            return item.with(Outcome.SOFT_DELETED, "");
        }
        if (records.softDeleted(item.key()).isEmpty()) {
            return item.with(Outcome.KEPT, "it was restored");
        }
        if (reason == null && provider.delete(item.candidate())) {
            return item.with(Outcome.DELETED, "");
        }
        provider.restore(item.candidate());
        return item.with(Outcome.KEPT, reason == null ? "it is in use again" : reason);
    }

    /** Takes the soft deletes back of a cycle that was cut off, whichever of them were done. @return all its items */
    List<Item> undoCutOff(List<Item> all) {
        all.forEach(item -> items.put(item.key(), item));
        undo(all.stream()
                .filter(item -> item.action() == Action.SOFT_DELETE && !item.is(Outcome.KEPT))
                .toList());
        return List.copyOf(items.values());
    }

    private void undo(List<Item> some) {
        for (Item item : some) {
            done(undone(item));
        }
    }

    private Item undone(Item item) {
        CleanupProvider provider = providers.get(item.kind());
        if (provider == null) {
            return item.with(Outcome.NOT_UNDONE, "no provider for this kind exists any more");
        }
        if (provider.softDeleteChangesNothing()) {
            return item.with(Outcome.UNDONE, "nothing to undo");
        }
        try {
            return operations.call(() -> {
                synchronized (gate) {
                    provider.restore(item.candidate());
                    return item.with(Outcome.UNDONE, "");
                }
            });
        } catch (CleanupException e) {
            return item.with(Outcome.NOT_UNDONE, AuditEntry.word(e.reason()) + ": " + e.getMessage());
        }
    }
}
