package io.holdfast.http;

import io.holdfast.json.JsonInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a call to cleanup: the fields that are known there, each absent or of its type. The first mistake counts. */
final class CleanupBody implements Binder.Target {
    private static final int MOST_QUOTA = 1_000_000;
    private static final int MOST_TEXT = 1_024;

    private static final Binder<CleanupBody> FIELDS = Binder.<CleanupBody>strict()
            .optional("dry_run", (body, in) -> body.dryRun = in.bool())
            .optional("wait", (body, in) -> body.waits = in.bool())
            .optional("retry_failed", (body, in) -> body.retryFailed = in.bool())
            .optional("kinds", (body, in) -> Binder.strings(in, "kinds", body.kinds, Integer.MAX_VALUE))
            .optional("quota", (body, in) -> body.quota = (int) Binder.whole(in, "quota", 1, MOST_QUOTA))
            .optional("cycle", (body, in) -> body.cycle = Binder.whole(in, "cycle", 1, Long.MAX_VALUE))
            .optional("ttl", (body, in) -> body.ttlMillis = Binder.wholeSeconds(in, "ttl"))
            .optional("kind", (body, in) -> body.kind = text(in, "kind"))
            .optional("id", (body, in) -> body.id = text(in, "id"))
            .optional("owner", (body, in) -> body.owner = text(in, "owner"))
            .optional("reason", (body, in) -> body.reason = text(in, "reason"));

    static final Binder<CleanupBody> RUN = FIELDS.only("dry_run", "kinds", "quota", "retry_failed", "wait");
    static final Binder<CleanupBody> RESTORE = FIELDS.only("kind", "id", "cycle");
    static final Binder<CleanupBody> HOLD = FIELDS.only("owner", "kind", "id", "reason", "ttl");
    static final Binder<CleanupBody> RELEASE = FIELDS.only("owner", "kind", "id");

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

    /** @param call what the call knows. @throws IOException if the body is not one JSON object */
    static CleanupBody read(byte[] body, Binder<CleanupBody> call) throws IOException {
        CleanupBody read = new CleanupBody();
        call.read(body, read);
        return read;
    }

    private static String text(JsonInput in, String field) throws IOException {
        String text = in.string();
        if (text.isEmpty() || text.length() > MOST_TEXT) {
            throw new Binder.Wrong(field + " must be 1 to " + MOST_TEXT + " characters");
        }
        return text;
    }

    @Override
    public void refuse(String code, String field, String message) {
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
