package io.holdfast.cleanup;

import java.util.LinkedHashMap;
import java.util.Map;

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

    Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("kind", kind);
        fields.put("id", id);
        fields.put("owner", owner);
        fields.put("since", Long.toString(unusedSinceMillis));
        fields.put("why", why);
        fields.put("cycle", Long.toString(cycle));
        fields.put("at", Long.toString(softDeletedAtMillis));
        fields.put("until", Long.toString(graceEndsAtMillis));
        return fields;
    }

    static SoftDeleted of(Entry.Fields fields) {
        return new SoftDeleted(
                fields.text("kind"),
                fields.text("id"),
                fields.text("owner"),
                fields.number("since"),
                fields.text("why"),
                fields.number("cycle"),
                fields.number("at"),
                fields.number("until"));
    }
}
