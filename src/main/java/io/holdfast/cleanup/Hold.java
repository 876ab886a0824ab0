package io.holdfast.cleanup;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What must not be cleaned up: everything of an owner, or one resource. It is named by the owner, or by kind and id; the
 * others are empty.
 *
 * @param by who set it
 * @param endsAtMillis until when it counts, wall-clock milliseconds
 */
public record Hold(
        String owner, String kind, String id, String by, String reason, long setAtMillis, long endsAtMillis) {

    /** For as long as nobody takes it back: the end of the year 9999. */
    public static final long FOREVER = 253_402_300_799_000L;

    Key key() {
        return owner.isEmpty() ? new Key(kind, id) : ofOwner(owner);
    }

    /** No kind is named by an empty text, so that this is no resource's. */
    static Key ofOwner(String owner) {
        return new Key("", owner);
    }

    /** For people. */
    String what() {
        return owner.isEmpty() ? kind + " " + id : "everything of " + owner;
    }

    Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("owner", owner);
        fields.put("kind", kind);
        fields.put("id", id);
        fields.put("by", by);
        fields.put("why", reason);
        fields.put("at", Long.toString(setAtMillis));
        fields.put("until", Long.toString(endsAtMillis));
        return fields;
    }

    static Hold of(Entry.Fields fields) {
        return new Hold(
                fields.text("owner"),
                fields.text("kind"),
                fields.text("id"),
                fields.text("by"),
                fields.text("why"),
                fields.number("at"),
                fields.number("until"));
    }
}
