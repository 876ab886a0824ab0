package io.holdfast.http;

import io.holdfast.access.AccessPolicy;
import io.holdfast.access.PayloadForm;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.http.Submission.Outcome;
import io.holdfast.json.JsonOutput;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Publishing in Centrifugo's shape and in our own. In the compatible shape every JSON body is answered with 200, and
 * the error is in the answer; in our own shape the status says it.
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
                PayloadForm form = access.namespace(Names.outbox(target)).payload();
                return manager.send(target, call.stored(form), call.how());
            }
            return access.knows(target)
                    ? manager.publish(
                            target, call.stored(access.namespace(target).payload()), call.how())
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
            return answered(refused.compatible().answer());
        }
        Call.Publishing publishing = (Call.Publishing) call;
        return submit(List.of(publishing)).thenApply(outcomes -> {
            Throwable failure = outcomes[0][0].failure();
            if (publishing.kind() == Kind.PUBLISH && failure != null) {
                return Failures.compatible(failure).answer();
            }
            JsonOutput json = new JsonOutput().raw("{");
            Replies.publication(publishing.kind(), "result", outcomes[0], json);
            return Answer.ok(json.raw("}"));
        });
    }

    /** Ours: the receipt with 200, or an error with its status. */
    CompletionStage<Answer> send(byte[] body) throws IOException {
        Call call = Calls.one(Kind.SEND, body);
        if (call instanceof Call.Refused refused) {
            String field = refused.field().isEmpty() ? null : refused.field();
            return answered(Answer.error(400, refused.code(), refused.message(), field));
        }
        return submit(List.of((Call.Publishing) call)).thenApply(outcomes -> {
            Throwable failure = outcomes[0][0].failure();
            if (failure != null) {
                return Failures.answer(failure);
            }
            JsonOutput json = new JsonOutput();
            Replies.receipt(outcomes[0][0].receipt(), json);
            return Answer.ok(json);
        });
    }

    /** Hands publications over, in order. */
    CompletionStage<Outcome[][]> submit(List<Call.Publishing> calls) {
        return Submission.submit(door, calls);
    }

    private static CompletionStage<Answer> answered(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
