package io.holdfast.cluster;

import io.holdfast.delivery.Gathered;
import io.holdfast.delivery.Listing;
import io.holdfast.delivery.NamedPage;
import io.holdfast.delivery.ThisNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Puts lists together of which every node has a part. No more is held than one page of each node, and the page that is asked for.
 *
 * <p><b>Order.</b> Each node gives the entries that follow a name. Where it has more of them, nothing is known beyond the last one
 * that it gave; so the merged page ends at the first of these ends, and the next page begins there.
 */
final class PageGathering {
    /** Entries that are asked of each node at a time. */
    static final int MOST_AT_ONCE = 10_000;

    /** A page ends behind this many bytes. */
    private static final int MOST_BYTES = 4 << 20;

    private final ThisNode here;
    private final Asking asking;

    PageGathering(ThisNode here, Asking asking) {
        this.here = here;
        this.asking = asking;
    }

    /** A fold's step. */
    interface Step<R, T> {
        R with(R before, String name, T value);
    }

    <T> CompletionStage<Gathered<NamedPage<T>>> page(Listing<T> of, String after, int most) {
        Collection<Long> others = asking.others();
        if (others.isEmpty()) {
            return CompletableFuture.completedFuture(Gathered.complete(here.page(of, after, most)));
        }
        return new Walk<>(of, others).page(after, most);
    }

    /** Takes a whole list page by page. */
    <T, R> CompletionStage<Gathered<R>> fold(Listing<T> of, R begin, Step<R, T> step) {
        Collection<Long> others = asking.others();
        if (others.isEmpty()) {
            NamedPage<T> all = here.page(of, "", Integer.MAX_VALUE);
            return CompletableFuture.completedFuture(Gathered.complete(folded(all, begin, step)));
        }
        return new Walk<>(of, others).fold("", begin, step);
    }

    private static <T, R> R folded(NamedPage<T> page, R begin, Step<R, T> step) {
        R result = begin;
        for (Map.Entry<String, T> entry : page.entries().entrySet()) {
            result = step.with(result, entry.getKey(), entry.getValue());
        }
        return result;
    }

    /** One way through a list. A node that was missing once is not asked again: it would take the whole time each time. */
    private final class Walk<T> {
        private final Listing<T> of;
        private final TreeSet<Long> asked;
        private final TreeSet<Long> missing = new TreeSet<>();

        Walk(Listing<T> of, Collection<Long> others) {
            this.of = of;
            this.asked = new TreeSet<>(others);
        }

        private <V> Gathered<V> gathered(V value) {
            return new Gathered<>(value, new ArrayList<>(missing));
        }

        CompletionStage<Gathered<NamedPage<T>>> page(String after, int most) {
            return rest(new TreeMap<>(), after, most);
        }

        /** Until the page is full: nodes whose entries are long give fewer than they were asked for. */
        private CompletionStage<Gathered<NamedPage<T>>> rest(TreeMap<String, T> got, String after, int most) {
            return next(after, Math.min(most - got.size(), MOST_AT_ONCE)).thenCompose(page -> {
                got.putAll(page.entries());
                if (!page.more() || got.size() >= most || bytes(got.values()) >= MOST_BYTES) {
                    return CompletableFuture.completedFuture(gathered(new NamedPage<>(got, page.more())));
                }
                return rest(got, page.entries().lastKey(), most);
            });
        }

        private long bytes(Collection<T> values) {
            ListingRows<T> rows = ListingRows.of(of);
            return values.stream().mapToLong(rows::bytes).sum();
        }

        <R> CompletionStage<Gathered<R>> fold(String after, R before, Step<R, T> step) {
            return next(after, MOST_AT_ONCE).thenCompose(page -> {
                R result = folded(page, before, step);
                return page.more()
                        ? fold(page.entries().lastKey(), result, step)
                        : CompletableFuture.completedFuture(gathered(result));
            });
        }

        /** The entries that follow a name, at least one where there are any. */
        private CompletionStage<NamedPage<T>> next(String after, int most) {
            NamedPage<T> mine = here.page(of, after, most);
            return asking.each(new PageQuestion<>(of, after, most), asked).thenApply(answers -> {
                missing.addAll(answers.missingNodes());
                asked.removeAll(answers.missingNodes());
                List<NamedPage<T>> pages = new ArrayList<>(answers.value().values());
                pages.add(mine);
                return merged(pages, after, most);
            });
        }

        private NamedPage<T> merged(List<NamedPage<T>> pages, String after, int most) {
            @Nullable
            String end = pages.stream()
                    .filter(NamedPage::more)
                    .map(page -> page.entries().lastKey())
                    .min(String::compareTo)
                    .orElse(null);
            NamedPage.Collector<T> first = new NamedPage.Collector<>(of, after, most);
            for (NamedPage<T> page : pages) {
                SortedMap<String, T> known =
                        end == null ? page.entries() : page.entries().headMap(end + '\0');
                known.forEach(first::add);
            }
            NamedPage<T> page = first.page();
            return new NamedPage<>(page.entries(), page.more() || end != null);
        }
    }
}
