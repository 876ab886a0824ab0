package io.holdfast.cleanup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The first two stages: finds the resources that a cycle may touch, and checks whether anything depends on them. Changes
 * nothing.
 */
final class Discovery {
    /** This many candidates are looked at for each one that the quota allows, since some of them are kept. */
    private static final int SPARE = 4;

    private final CleanupRequest request;
    private final CleanupSettings settings;
    private final CleanupRecords records;
    private final Operations operations;
    private final Executor executor;
    private final long nowMillis;

    /** By kind, where the next cycle begins to look. */
    private final Map<String, String> stops = new LinkedHashMap<>();

    /**
     * What was found of one kind.
     *
     * @param allowed how many of them may be touched
     * @param begun where the walk began
     * @param stopped where it had enough; empty if it came round
     */
    private record Found(CleanupProvider provider, List<Item> items, long allowed, String begun, String stopped) {}

    Discovery(
            CleanupRequest request,
            CleanupSettings settings,
            CleanupRecords records,
            Operations operations,
            Executor executor,
            long nowMillis) {
        this.request = request;
        this.settings = settings;
        this.records = records;
        this.operations = operations;
        this.executor = executor;
        this.nowMillis = nowMillis;
    }

    private final List<Found> found = new ArrayList<>();

    /** The first stage. @param providers in their order */
    void discover(List<CleanupProvider> providers) {
        for (CleanupProvider provider : providers) {
            found.add(discover(provider));
        }
    }

    /**
     * Those whose grace period is over come first: they were chosen before. The walk begins where an earlier one has stopped
     * at what all had to stay, so that this cannot hide what comes behind it.
     */
    private Found discover(CleanupProvider provider) {
        String kind = provider.kind();
        CandidateSearch search = new CandidateSearch(provider, operations, Math.max(1, SPARE * quota()), this::isNew);
        records.softDeleted(
                        each -> each.kind().equals(kind) && each.graceEndsAtMillis() <= nowMillis && wanted(each.key()))
                .forEach(each -> search.take(each.candidate(), Action.DELETE));
        String begun = records.stoppedAt(kind);
        if (!begun.isEmpty()) {
            search.untilEnough(begun);
        }
        long all = search.whole();
        return new Found(provider, search.items(), share(all), begun, search.stopped());
    }

    private int quota() {
        Integer wanted = request.quota();
        return wanted == null ? settings.quota() : wanted;
    }

    /** An explicit quota is in the place of the share, too. */
    private long share(long all) {
        return request.quota() == null ? Math.max(1, all * settings.quotaPercent() / 100) : Long.MAX_VALUE;
    }

    private boolean wanted(Key key) {
        return request.retryFailed() || !records.isFailed(key);
    }

    private boolean isNew(Key key, String owner) {
        return records.softDeleted(key).isEmpty() && wanted(key) && records.hold(key, owner, nowMillis) == null;
    }

    /**
     * The second stage: what a cycle will do, in the order of the kinds and within the quotas. What must stay is in it as
     * kept; what was soft-deleted and must stay is given back, which counts too.
     */
    List<Item> validate() {
        List<Item> plan = new ArrayList<>();
        long left = quota();
        for (Found kind : found) {
            List<Item> items = validated(kind);
            long allowed = Math.min(left, kind.allowed());
            boolean more = items.stream().filter(Discovery::touched).count() >= allowed;
            stops.put(kind.provider().kind(), more ? kind.begun() : kind.stopped());
            for (Item item : items) {
                boolean touched = touched(item);
                if (!touched || allowed > 0) {
                    plan.add(item);
                    allowed -= touched ? 1 : 0;
                    left -= touched ? 1 : 0;
                }
            }
        }
        return plan;
    }

    /**
     * By kind, where the next cycle begins: after the resources that this cycle read, if it found fewer candidates than it
     * may touch.
     */
    Map<String, String> stops() {
        return stops;
    }

    private static boolean touched(Item item) {
        return item.is(Outcome.PLANNED) || item.action() == Action.DELETE;
    }

    private List<Item> validated(Found kind) {
        List<CompletableFuture<List<Item>>> parts = new ArrayList<>();
        int size = (kind.items().size() + settings.parallel() - 1) / settings.parallel();
        for (int from = 0; from < kind.items().size(); from += size) {
            List<Item> part = kind.items()
                    .subList(from, Math.min(from + size, kind.items().size()));
            parts.add(CompletableFuture.supplyAsync(
                    () -> part.stream()
                            .map(item -> validated(kind.provider(), item))
                            .toList(),
                    executor));
        }
        return parts.stream().flatMap(part -> part.join().stream()).toList();
    }

    private Item validated(CleanupProvider provider, Item item) {
        String reason = reasonToKeep(provider, item, records, nowMillis);
        return reason == null ? item : item.with(Outcome.KEPT, reason);
    }

    /** Why a resource must stay now; null for no reason. What cannot be looked at stays. */
    static @Nullable String reasonToKeep(CleanupProvider provider, Item item, CleanupRecords records, long nowMillis) {
        try {
            Hold hold = hold(provider, item, records, nowMillis);
            if (hold != null) {
                return "held by " + hold.by() + ": " + hold.reason();
            }
            return provider.dependency(item.candidate()).orElse(null);
        } catch (RuntimeException e) {
            return "it could not be checked: " + e.getMessage();
        }
    }

    /** A hold on the resource, on its owner, or on a resource that keeps this one; null for none. */
    private static @Nullable Hold hold(CleanupProvider provider, Item item, CleanupRecords records, long nowMillis) {
        Hold own = records.hold(item.key(), item.owner(), nowMillis);
        if (own != null) {
            return own;
        }
        return records.holds(nowMillis).stream()
                .filter(hold -> hold.owner().isEmpty() && provider.isKeptBy(item.candidate(), hold.kind(), hold.id()))
                .findFirst()
                .orElse(null);
    }
}
