package io.holdfast.cleanup;

/**
 * A resource in its grace period, or behind it and not deleted yet.
 *
 * @param owner the client or channel it belongs to; empty for none
 * @param unusedSinceMillis when it was last used, wall-clock milliseconds
 * @param cycle which cycle set it aside
 */
public record SoftDeleted(
        String kind,
        String id,
        String owner,
        long unusedSinceMillis,
        String why,
        long cycle,
        long softDeletedAtMillis,
        long graceEndsAtMillis) {

    Key key() {
        return new Key(kind, id);
    }

    Candidate candidate() {
        return new Candidate(id, owner, unusedSinceMillis, why);
    }

    static SoftDeleted of(Item item, long cycle, long atMillis, long graceEndsAtMillis) {
        return new SoftDeleted(
                item.kind(),
                item.id(),
                item.owner(),
                item.unusedSinceMillis(),
                item.why(),
                cycle,
                atMillis,
                graceEndsAtMillis);
    }
}
