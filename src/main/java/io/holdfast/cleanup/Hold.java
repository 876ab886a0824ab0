package io.holdfast.cleanup;

/**
 * What must not be cleaned up: everything of an owner, or one resource. It is named by the owner, or by kind and id; the
 * others are empty.
 *
 * @param by the caller that set it
 * @param endsAtMillis until when it counts, wall-clock milliseconds
 */
public record Hold(
        String owner, String kind, String id, String by, String reason, long setAtMillis, long endsAtMillis) {

    /** Until it is released: the end of the year 9999. */
    public static final long FOREVER = 253_402_300_799_000L;

    Key key() {
        return owner.isEmpty() ? new Key(kind, id) : ofOwner(owner);
    }

    /** No kind has an empty name, so this key is never the key of a resource. */
    static Key ofOwner(String owner) {
        return new Key("", owner);
    }

    /** For people. */
    String what() {
        return owner.isEmpty() ? kind + " " + id : "everything of " + owner;
    }
}
