package io.holdfast.http;

import io.holdfast.http.Submission.Outcome;
import io.holdfast.json.JsonOutput;
import io.holdfast.stream.Position;
import io.holdfast.stream.Receipt;
import org.jspecify.annotations.Nullable;

/** The outcomes of calls as JSON: receipts, results and errors. */
final class Replies {
    private Replies() {}

    /**
     * The reply to one of several publishes, broadcasts or sends, without the braces around it.
     *
     * @param word the name of the result
     */
    static void publication(Kind kind, String word, Outcome[] outcomes, JsonOutput json) {
        Throwable failure = outcomes[0].failure();
        if (kind != Kind.BROADCAST && failure != null) {
            Failures.compatible(failure).write(json.raw("\"error\":"));
            return;
        }
        json.raw("\"").raw(word).raw("\":");
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
            Failures.compatible(failure).write(json.raw("\"error\":"));
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
}
