package io.holdfast.http;

import io.holdfast.http.Submission.Outcome;
import io.holdfast.json.JsonOutput;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.stream.Position;
import io.holdfast.stream.Receipt;
import org.jspecify.annotations.Nullable;

/** The outcomes of calls as JSON: receipts, results and errors. */
final class Replies {
    private Replies() {}

    /** The reply of a batch to a publish, broadcast or send, without the braces around it. */
    static void publication(Kind kind, Outcome[] outcomes, JsonOutput json) {
        Throwable failure = outcomes[0].failure();
        if (kind != Kind.BROADCAST && failure != null) {
            json.raw("\"error\":");
            Failures.compatible(failure, json);
            return;
        }
        json.raw("\"").raw(kind.word()).raw("\":");
        switch (kind) {
            case BROADCAST -> responses(outcomes, json);
            case PUBLISH -> place(outcomes[0].receipt(), json);
            case SEND -> receipt(outcomes[0].receipt(), json);
            default -> throw new IllegalArgumentException(kind + " does not publish");
        }
    }

    static void responses(Outcome[] outcomes, JsonOutput json) {
        json.raw("{\"responses\":[");
        for (int i = 0; i < outcomes.length; i++) {
            json.next(i).raw("{");
            resultOrError(outcomes[i], json);
            json.raw("}");
        }
        json.raw("]}");
    }

    static void resultOrError(Outcome outcome, JsonOutput json) {
        Throwable failure = outcome.failure();
        if (failure == null) {
            json.raw("\"result\":");
            place(outcome.receipt(), json);
        } else {
            json.raw("\"error\":");
            Failures.compatible(failure, json);
        }
    }

    private static void place(@Nullable Receipt receipt, JsonOutput json) {
        Position position = receipt == null ? null : receipt.position();
        if (position == null) {
            json.raw("{}");
            return;
        }
        json.raw("{\"offset\":")
                .number(position.offset())
                .raw(",\"epoch\":")
                .string(position.epoch())
                .raw("}");
    }

    /** A receipt in our shape. */
    static Answer answer(Receipt receipt) {
        JsonOutput json = new JsonOutput();
        receipt(receipt, json);
        return Answer.ok(json);
    }

    static void receipt(@Nullable Receipt receipt, JsonOutput json) {
        if (receipt == null) {
            json.raw("{}");
            return;
        }
        json.raw("{\"id\":").string(receipt.id());
        Position position = receipt.position();
        if (position == null) {
            json.raw(",\"stored\":false,\"connections\":").number(receipt.connections());
        } else {
            json.raw(",\"offset\":").number(position.offset());
            json.raw(",\"epoch\":").string(position.epoch());
            json.raw(",\"duplicate\":").bool(receipt.duplicate()).raw(",\"stored\":true");
        }
        json.raw("}");
    }

    /** {@code {"error":{…}}} with 200, as the compatible shape tells it. */
    static Answer refused(Call.Refused refused) {
        return refused(refused.error(), refused.message());
    }

    static Answer refused(ErrorCode code, String detail) {
        JsonOutput json = new JsonOutput().raw("{\"error\":");
        error(code, detail, json);
        return Answer.ok(json.raw("}"));
    }

    /** Writes {@code {"code":…,"message":…}}. */
    static void error(ErrorCode code, String detail, JsonOutput json) {
        Failures.compatible(code, code.message() + ": " + detail, json);
    }
}
