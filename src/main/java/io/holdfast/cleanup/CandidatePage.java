package io.holdfast.cleanup;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of all resources of a kind.
 *
 * @param candidates the resources of the page that seem to be unused
 * @param looked the number of resources in the page, candidates or not; the quota is a share of the sum of these numbers
 * @param next where the next page begins; null after the last one
 */
public record CandidatePage(
        List<Candidate> candidates, long looked, @Nullable String next) {
    public CandidatePage {
        candidates = List.copyOf(candidates);
        if (looked < candidates.size()) {
            throw new IllegalArgumentException("looked must count the candidates too: " + looked);
        }
    }
}
