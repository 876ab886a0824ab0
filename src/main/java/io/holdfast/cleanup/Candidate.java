package io.holdfast.cleanup;

import static java.util.Objects.requireNonNull;

/**
 * One resource that seems to be unused.
 *
 * @param id its name within its kind, the same in every process
 * @param owner the client or channel that it belongs to, and by which an administrator can hold it; empty for none
 * @param unusedSinceMillis when it was last used, wall-clock milliseconds; if it is used after that, it stays
 * @param why why it is a candidate, for the audit
 */
public record Candidate(String id, String owner, long unusedSinceMillis, String why) {
    public Candidate {
        requireNonNull(owner, "owner");
        requireNonNull(why, "why");
        if (id.isEmpty()) {
            throw new IllegalArgumentException("a candidate's id must not be empty");
        }
    }
}
