package io.holdfast.cleanup;

import io.holdfast.cleanup.CleanupException.Cause;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Searches all resources of a kind for candidates, page by page, until there are enough. */
final class CandidateSearch {
    private static final Logger LOG = Logger.getLogger(CandidateSearch.class.getName());
    private static final int PAGE = 200;

    private final CleanupProvider provider;
    private final Operations operations;
    private final int enough;
    private final BiPredicate<Key, String> wanted;
    private final Map<Key, Item> items = new LinkedHashMap<>();
    private String stopped = "";

    /** @param wanted whether this cycle wants a candidate with this key and owner */
    CandidateSearch(CleanupProvider provider, Operations operations, int enough, BiPredicate<Key, String> wanted) {
        this.provider = provider;
        this.operations = operations;
        this.enough = enough;
        this.wanted = wanted;
    }

    void take(Candidate candidate, Action action) {
        Item item = Item.planned(provider.kind(), candidate, action);
        items.putIfAbsent(item.key(), item);
    }

    /** Continues where an earlier search stopped, until there are enough candidates or no more resources. */
    void untilEnough(String from) {
        stopped = from;
        try {
            @Nullable String cursor = from;
            while (cursor != null && items.size() < enough) {
                cursor = page(cursor).next();
            }
        } catch (CleanupException e) {
            LOG.log(
                    Level.WARNING,
                    "Cleanup of the kind {0} cannot continue where it stopped, and starts from the beginning: {1}",
                    new Object[] {provider.kind(), e.getMessage()});
        }
    }

    /** Reads all resources, and takes candidates until there are enough. @return the number of resources */
    long whole() {
        if (items.size() < enough) {
            stopped = "";
        }
        long looked = 0;
        @Nullable String cursor = "";
        while (cursor != null) {
            CandidatePage page = page(cursor);
            looked += page.looked();
            cursor = page.next();
        }
        return looked;
    }

    private CandidatePage page(String cursor) {
        CandidatePage page = operations.call(() -> {
            CandidatePage found = provider.discover(cursor, PAGE);
            if (cursor.equals(found.next())) {
                throw new CleanupException(Cause.SERVER_ERROR, "discovery makes no progress at " + cursor, null);
            }
            return found;
        });
        if (items.size() < enough) {
            for (Candidate candidate : page.candidates()) {
                if (wanted.test(new Key(provider.kind(), candidate.id()), candidate.owner())) {
                    take(candidate, Action.SOFT_DELETE);
                }
            }
            if (items.size() >= enough) {
                stopped = page.next() == null ? "" : page.next();
            }
        }
        return page;
    }

    List<Item> items() {
        return List.copyOf(items.values());
    }

    /** The place where there were enough candidates; empty if the search reached the end. */
    String stopped() {
        return stopped;
    }
}
