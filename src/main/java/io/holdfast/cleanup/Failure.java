package io.holdfast.cleanup;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A resource that could not be cleaned, in cleanup's dead-letter list: left alone until a cycle is told to retry those.
 *
 * @param detail why not
 * @param cycle in which cycle
 */
public record Failure(
        String kind, String id, String owner, Action action, String detail, long cycle, long failedAtMillis) {

    Key key() {
        return new Key(kind, id);
    }

    Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("kind", kind);
        fields.put("id", id);
        fields.put("owner", owner);
        fields.put("action", action.name().toLowerCase(Locale.ROOT));
        fields.put("detail", detail);
        fields.put("cycle", Long.toString(cycle));
        fields.put("at", Long.toString(failedAtMillis));
        return fields;
    }

    static Failure of(Entry.Fields fields) {
        return new Failure(
                fields.text("kind"),
                fields.text("id"),
                fields.text("owner"),
                fields.choice("action", Action.class),
                fields.text("detail"),
                fields.number("cycle"),
                fields.number("at"));
    }
}
