package io.holdfast.http;

import io.holdfast.protocol.JsonInput;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a call to cleanup: the fields that are known there, each absent or of its type. The first mistake counts. */
final class CleanupBody {
    private static final BigDecimal MOST_QUOTA = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal MOST_SECONDS = BigDecimal.valueOf(3650L * 24 * 3600);
    private static final int MOST_TEXT = 1_024;

    final List<String> kinds = new ArrayList<>();
    boolean dryRun;
    boolean waits;
    boolean retryFailed;

    @Nullable
    Integer quota;

    @Nullable
    Long cycle;

    @Nullable
    String kind;

    @Nullable
    String id;

    @Nullable
    String owner;

    @Nullable
    String reason;

    /** How long a hold counts; null for ever. */
    @Nullable
    Long ttlMillis;

    @Nullable
    Answer refused;

    private CleanupBody() {}

    /** @param known the fields that the call has. @throws IOException if the body is not one JSON object */
    static CleanupBody read(byte[] body, List<String> known) throws IOException {
        CleanupBody read = new CleanupBody();
        try (JsonInput in = new JsonInput(JsonInput.utf8(body))) {
            if (!in.nextValue() || !in.isObject()) {
                throw new JsonInput.WrongType("not an object");
            }
            in.enterObject();
            for (String field = in.nextField(); field != null; field = in.nextField()) {
                read.field(field, in, known);
            }
            if (in.nextValue()) {
                throw new JsonInput.WrongType("more than one value");
            }
        }
        return read;
    }

    private void field(String field, JsonInput in, List<String> known) throws IOException {
        if (!known.contains(field)) {
            in.skip();
            refuse("unknown_field", field, "This field is not known; known are " + String.join(", ", known));
            return;
        }
        if (in.isNull()) {
            in.skip();
            return;
        }
        try {
            value(field, in);
        } catch (JsonInput.WrongType e) {
            in.skip();
            refuse("invalid_field", field, field + " is " + e.getMessage());
        }
    }

    private void value(String field, JsonInput in) throws IOException {
        switch (field) {
            case "dry_run" -> dryRun = in.bool();
            case "wait" -> waits = in.bool();
            case "retry_failed" -> retryFailed = in.bool();
            case "kinds" -> kinds(in);
            case "quota" -> quota = (int) whole(field, in.decimal(), BigDecimal.ONE, MOST_QUOTA);
            case "cycle" -> cycle = whole(field, in.decimal(), BigDecimal.ONE, BigDecimal.valueOf(Long.MAX_VALUE));
            case "ttl" -> ttlMillis = 1_000 * whole(field, in.decimal(), BigDecimal.ONE, MOST_SECONDS);
            case "kind" -> kind = text(field, in);
            case "id" -> id = text(field, in);
            case "owner" -> owner = text(field, in);
            default -> reason = text(field, in);
        }
    }

    private void kinds(JsonInput in) throws IOException {
        if (!in.isArray()) {
            throw new JsonInput.WrongType("not an array");
        }
        while (in.nextElement()) {
            try {
                kinds.add(in.string());
            } catch (JsonInput.WrongType e) {
                in.skip();
                refuse("invalid_field", "kinds", "kinds is not an array of strings");
            }
        }
    }

    private long whole(String field, BigDecimal number, BigDecimal least, BigDecimal most) {
        boolean fits = number.compareTo(least) >= 0 && number.compareTo(most) <= 0;
        if (!fits || number.stripTrailingZeros().scale() > 0) {
            refuse("invalid_field", field, field + " must be a whole number from " + least + " to " + most);
            return 1;
        }
        return number.longValueExact();
    }

    private String text(String field, JsonInput in) throws IOException {
        String text = in.string();
        if (text.isEmpty() || text.length() > MOST_TEXT) {
            refuse("invalid_field", field, field + " must be 1 to " + MOST_TEXT + " characters");
        }
        return text;
    }

    private void refuse(String code, String field, String message) {
        if (refused == null) {
            refused = Answer.error(400, code, message, field);
        }
    }

    /** Refuses unless it names one owner, or one resource by kind and id. */
    void requireTarget() {
        boolean resource = kind != null && id != null && owner == null;
        boolean whole = owner != null && kind == null && id == null;
        if (!resource && !whole) {
            refuse("missing_field", "owner", "Either owner, or kind and id are required");
        }
    }

    /** Refuses unless it names one resource by kind and id, or a cycle. */
    void requireResourceOrCycle() {
        boolean resource = kind != null && id != null && cycle == null;
        boolean whole = cycle != null && kind == null && id == null;
        if (!resource && !whole) {
            refuse("missing_field", "cycle", "Either cycle, or kind and id are required");
        }
    }
}
