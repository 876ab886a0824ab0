package io.holdfast.http;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.json.JsonOutput;
import java.util.SortedMap;
import java.util.function.BiConsumer;

/** A list by name that may be long: whole as long as it is short enough for one answer, otherwise page by page. */
final class PagedJson {
    /** Entries of one answer. */
    static final int MOST_ENTRIES = 10_000;

    /** Of one answer; one entry is always within it. */
    static final int MOST_BYTES = 4 << 20;

    /**
     * Which part is wanted.
     *
     * @param limit of entries; 0 for the whole list, or an error if that is too long
     * @param after name behind which to begin; empty for the first
     */
    record Part(int limit, String after) {
        static final Part WHOLE = new Part(0, "");
    }

    private PagedJson() {}

    /**
     * {@code {"<field>":{"<name>":…},"next":"<name>"}}, with {@code next} where a page was wanted and more follows.
     *
     * @throws DeliveryException TOO_LARGE if the whole list was wanted and is too long
     */
    static <T> JsonOutput write(String field, SortedMap<String, T> list, Part part, BiConsumer<T, JsonOutput> entry) {
        JsonOutput json = new JsonOutput().raw("{\"").raw(field).raw("\":{");
        int most = part.limit() == 0 ? MOST_ENTRIES : Math.min(part.limit(), MOST_ENTRIES);
        int written = 0;
        String last = part.after();
        SortedMap<String, T> rest = part.after().isEmpty() ? list : list.tailMap(part.after() + '\0');
        for (String name : rest.keySet()) {
            JsonOutput next = new JsonOutput();
            entry.accept(rest.get(name), next.next(written).string(name).raw(":"));
            if (written == most || (written > 0 && json.length() + next.length() > MOST_BYTES)) {
                if (part.limit() == 0) {
                    throw new DeliveryException(
                            DeliveryException.Reason.TOO_LARGE,
                            "limit",
                            "The result does not fit into one answer; ask page by page, with limit, and with the value of next as after",
                            null);
                }
                return json.raw("},\"next\":").string(last).raw("}");
            }
            json.json(next);
            written++;
            last = name;
        }
        return json.raw("}}");
    }
}
