package io.holdfast.http;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.Gathered;
import io.holdfast.delivery.NamedPage;
import io.holdfast.json.JsonOutput;
import java.util.Map;
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

    /** How many entries to ask for. */
    static int most(Part part) {
        return part.limit() == 0 ? MOST_ENTRIES : Math.min(part.limit(), MOST_ENTRIES);
    }

    /**
     * {@code {"<field>":{"<name>":…},"next":"<name>"}}, with {@code next} where a page was wanted and more follows, and with
     * {@code missing_nodes} where a node did not answer.
     *
     * @param list what there is behind {@code after}, up to {@link #most}
     * @throws DeliveryException TOO_LARGE if the whole list was wanted and is too long
     */
    static <T> JsonOutput write(String field, Gathered<NamedPage<T>> list, Part part, BiConsumer<T, JsonOutput> entry) {
        JsonOutput json = new JsonOutput().raw("{\"").raw(field).raw("\":{");
        String last = part.after();
        int written = 0;
        boolean more = list.value().more();
        for (Map.Entry<String, T> each : list.value().entries().entrySet()) {
            JsonOutput next = new JsonOutput();
            entry.accept(
                    each.getValue(), next.next(written).string(each.getKey()).raw(":"));
            if (written > 0 && json.length() + next.length() > MOST_BYTES) {
                more = true;
                break;
            }
            json.json(next);
            written++;
            last = each.getKey();
        }
        json.raw("}");
        if (more && part.limit() == 0) {
            throw new DeliveryException(
                    DeliveryException.Reason.TOO_LARGE,
                    "limit",
                    "The result does not fit into one answer; ask page by page, with limit, and with the value of next as after",
                    null);
        } else if (more) {
            json.raw(",\"next\":").string(last);
        }
        return RecordJson.missing(list, json).raw("}");
    }
}
