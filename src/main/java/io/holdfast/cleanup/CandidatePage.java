package io.holdfast.cleanup;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a walk over all resources of a kind.
 *
 * @param candidates those of the part that seem to be unused
 * @param looked how many resources the part has, candidates or not: their sum is what the quota is a share of
 * @param next where the next part begins; null after the last one
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
