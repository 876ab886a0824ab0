package io.holdfast.cleanup;

/**
 * One resource in a cycle.
 *
 * @param owner the client or channel it belongs to; empty for none
 * @param unusedSinceMillis when it was last used, wall-clock milliseconds
 * @param why what made it a candidate
 * @param detail what the outcome needs to be understood: the dependency, the failure; else empty
 */
public record Item(
        String kind,
        String id,
        String owner,
        Action action,
        long unusedSinceMillis,
        String why,
        Outcome outcome,
        String detail) {

    static Item planned(String kind, Candidate candidate, Action action) {
        return new Item(
                kind,
                candidate.id(),
                candidate.owner(),
                action,
                candidate.unusedSinceMillis(),
                candidate.why(),
                Outcome.PLANNED,
                "");
    }

    Candidate candidate() {
        return new Candidate(id, owner, unusedSinceMillis, why);
    }

    Key key() {
        return new Key(kind, id);
    }

    Item with(Outcome now, String because) {
        return new Item(kind, id, owner, action, unusedSinceMillis, why, now, because);
    }

    boolean is(Outcome wanted) {
        return outcome == wanted;
    }
}
