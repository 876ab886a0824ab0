package io.holdfast.http;

import io.holdfast.access.AccessPolicy;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.http.Submission.Outcome;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.stream.Position;
import io.holdfast.stream.Receipt;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Publishing in Centrifugo's shape and in ours. In the compatible shape every body that is JSON is answered with 200, and
 * what is wrong stands in the answer; in ours the status says it.
 */
@ApplicationScoped
class PublishApi {
    private final Submission.Door door;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected PublishApi() {
        door = null;
    }

    @Inject
    PublishApi(ResilientWebSocketManager manager, AccessPolicy access) {
        this((call, target) -> {
            if (call.kind() == Kind.SEND) {
                return manager.send(target, call.payload(), call.how());
            }
            return access.knows(target)
                    ? manager.publish(target, call.payload(), call.how())
                    : CompletableFuture.failedFuture(new UnknownChannelException());
        });
    }

    PublishApi(Submission.Door door) {
        this.door = door;
    }

    /** {@code {"result":{"offset":…,"epoch":…}}} or {@code {"error":{"code":…,"message":…}}}. */
    CompletionStage<Answer> publish(byte[] body) throws IOException {
        return compatible(Calls.one(Kind.PUBLISH, body));
    }

    /** {@code {"result":{"responses":[{"result":{…}},{"error":{…}}]}}}, one response a channel. */
    CompletionStage<Answer> broadcast(byte[] body) throws IOException {
        return compatible(Calls.one(Kind.BROADCAST, body));
    }

    private CompletionStage<Answer> compatible(Call call) {
        if (call instanceof Call.Refused refused) {
            return answered(error(ErrorCode.BAD_REQUEST, refused.message()));
        }
        Call.Publishing publishing = (Call.Publishing) call;
        return Submission.submit(door, List.of(publishing)).thenApply(outcomes -> {
            JsonText json = new JsonText().raw("{");
            if (publishing.kind() == Kind.BROADCAST) {
                json.raw("\"result\":");
                responses(outcomes[0], json);
            } else {
                resultOrError(outcomes[0][0], json);
            }
            return Answer.ok(json.raw("}"));
        });
    }

    /** {@code {"replies":[{"publish":{…}},{"broadcast":{…}},{"send":{…}},{"error":{…}}]}}, one reply a command. */
    CompletionStage<Answer> batch(byte[] body) throws IOException {
        List<Call> calls = Calls.batch(body);
        if (calls == null) {
            return answered(error(ErrorCode.BAD_REQUEST, "commands is required; it must be an array"));
        }
        List<Call.Publishing> fit = new ArrayList<>(calls.size());
        long publications = 0;
        for (Call call : calls) {
            if (call instanceof Call.Publishing publishing) {
                fit.add(publishing);
                publications += publishing.targets().size();
            }
        }
        if (publications > Calls.MAX_PUBLICATIONS) {
            return answered(error(
                    ErrorCode.LIMIT_EXCEEDED,
                    "A batch must not hold more than " + Calls.MAX_PUBLICATIONS + " publications"));
        }
        return Submission.submit(door, fit).thenApply(outcomes -> replies(calls, outcomes));
    }

    private static Answer replies(List<Call> calls, Outcome[][] outcomes) {
        JsonText json = new JsonText().raw("{\"replies\":[");
        int fit = 0;
        for (int i = 0; i < calls.size(); i++) {
            json.next(i).raw("{");
            if (calls.get(i) instanceof Call.Refused refused) {
                json.raw("\"error\":");
                Failures.compatible(ErrorCode.BAD_REQUEST, message(ErrorCode.BAD_REQUEST, refused.message()), json);
            } else {
                reply(calls.get(i).kind(), outcomes[fit++], json);
            }
            json.raw("}");
        }
        return Answer.ok(json.raw("]}"));
    }

    private static void reply(Kind kind, Outcome[] outcomes, JsonText json) {
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
        }
    }

    /** Ours: the receipt with 200, or an error with its status. */
    CompletionStage<Answer> send(byte[] body) throws IOException {
        Call call = Calls.one(Kind.SEND, body);
        if (call instanceof Call.Refused refused) {
            String field = refused.field().isEmpty() ? null : refused.field();
            return answered(Answer.error(400, refused.code(), refused.message(), field));
        }
        return Submission.submit(door, List.of((Call.Publishing) call)).thenApply(outcomes -> {
            Throwable failure = outcomes[0][0].failure();
            if (failure != null) {
                return Failures.answer(failure);
            }
            JsonText json = new JsonText();
            receipt(outcomes[0][0].receipt(), json);
            return Answer.ok(json);
        });
    }

    private static void responses(Outcome[] outcomes, JsonText json) {
        json.raw("{\"responses\":[");
        for (int i = 0; i < outcomes.length; i++) {
            json.next(i).raw("{");
            resultOrError(outcomes[i], json);
            json.raw("}");
        }
        json.raw("]}");
    }

    private static void resultOrError(Outcome outcome, JsonText json) {
        Throwable failure = outcome.failure();
        if (failure == null) {
            json.raw("\"result\":");
            place(outcome.receipt(), json);
        } else {
            json.raw("\"error\":");
            Failures.compatible(failure, json);
        }
    }

    private static void place(@Nullable Receipt receipt, JsonText json) {
        Position position = receipt == null ? null : receipt.position();
        if (position == null) {
            json.raw("{}");
            return;
        }
        json.raw("{\"offset\":")
                .number(position.offset())
                .raw(",\"epoch\":")
                .text(position.epoch())
                .raw("}");
    }

    /** A receipt in our shape. */
    static Answer answer(Receipt receipt) {
        JsonText json = new JsonText();
        receipt(receipt, json);
        return Answer.ok(json);
    }

    private static void receipt(@Nullable Receipt receipt, JsonText json) {
        if (receipt == null) {
            json.raw("{}");
            return;
        }
        json.raw("{\"id\":").text(receipt.id());
        Position position = receipt.position();
        if (position == null) {
            json.raw(",\"stored\":false,\"connections\":").number(receipt.connections());
        } else {
            json.raw(",\"offset\":").number(position.offset());
            json.raw(",\"epoch\":").text(position.epoch());
            json.raw(",\"duplicate\":").bool(receipt.duplicate()).raw(",\"stored\":true");
        }
        json.raw("}");
    }

    private static Answer error(ErrorCode code, String message) {
        JsonText json = new JsonText().raw("{\"error\":");
        Failures.compatible(code, message(code, message), json);
        return Answer.ok(json.raw("}"));
    }

    private static String message(ErrorCode code, String detail) {
        return code.message() + ": " + detail;
    }

    private static CompletionStage<Answer> answered(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
