package io.holdfast.http;

import io.holdfast.protocol.ErrorCode;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Many calls in one request, each with a reply of its own. */
@ApplicationScoped
class BatchApi {
    /** Commands of one batch that publish nothing; each may read the store. */
    static final int MAX_COMMANDS = 1_000;

    private final PublishApi publish;
    private final CommandApi commands;
    private final Executor executor;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected BatchApi() {
        publish = null;
        commands = null;
        executor = null;
    }

    @Inject
    BatchApi(PublishApi publish, CommandApi commands, ManagedExecutorService executor) {
        this(publish, commands, (Executor) executor);
    }

    BatchApi(PublishApi publish, CommandApi commands, Executor executor) {
        this.publish = publish;
        this.commands = commands;
        this.executor = executor;
    }

    /** {@code {"replies":[{"publish":{…}},{"history":{…}},{"send":{…}},{"error":{…}}]}}, one reply a command. */
    CompletionStage<Answer> batch(byte[] body, Caller caller) throws IOException {
        List<Call> calls = Calls.batch(body);
        if (calls == null) {
            return answered(Replies.refused(ErrorCode.BAD_REQUEST, "commands is required; it must be an array"));
        }
        List<Call> allowed = new ArrayList<>(calls.size());
        long publications = 0;
        int asked = 0;
        for (Call call : calls) {
            allowed.add(allowed(call, caller));
            if (call instanceof Call.Publishing publishing) {
                publications += publishing.targets().size();
            } else if (call instanceof Call.CommandCall) {
                asked++;
            } else if (!(call instanceof Call.Refused)) {
                throw new IllegalArgumentException("an unknown call: " + call.kind());
            }
        }
        if (publications > Calls.MAX_PUBLICATIONS) {
            return tooMany(Calls.MAX_PUBLICATIONS, "publications");
        }
        if (asked > MAX_COMMANDS) {
            return tooMany(MAX_COMMANDS, "commands that publish nothing");
        }
        return new Batch(allowed, publish, commands, executor).run();
    }

    private static Call allowed(Call call, Caller caller) {
        return call instanceof Call.Refused || caller.mayAs(Set.of(call.kind().role()))
                ? call
                : Call.Refused.forbidden(call.kind());
    }

    private static CompletionStage<Answer> tooMany(int limit, String what) {
        return answered(
                Replies.refused(ErrorCode.LIMIT_EXCEEDED, "A batch must not hold more than " + limit + " " + what));
    }

    private static CompletionStage<Answer> answered(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
