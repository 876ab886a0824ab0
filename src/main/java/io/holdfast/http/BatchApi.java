package io.holdfast.http;

import io.holdfast.json.JsonOutput;
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
        return calls == null
                ? answered(CompatibleError.of(ErrorCode.BAD_REQUEST, "commands is required; it must be an array"))
                : run(calls, new Together(), caller);
    }

    /**
     * The first form of the API: commands {@code {"id":1,"method":"publish","params":{…}}}, one after another, and as many lines
     * {@code {"id":1,"result":{…}}} or {@code {"error":{…}}}.
     */
    CompletionStage<Answer> lines(byte[] body, Caller caller) throws IOException {
        List<Calls.Line> lines = Calls.lines(body);
        return lines.isEmpty()
                ? answered(CompatibleError.of(ErrorCode.BAD_REQUEST, "The body must hold at least one command"))
                : run(lines.stream().map(Calls.Line::call).toList(), new Lines(lines), caller);
    }

    private CompletionStage<Answer> run(List<Call> calls, Batch.Form form, Caller caller) {
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
        return new Batch(allowed, form, publish, commands, executor).run();
    }

    private record Together() implements Batch.Form {
        @Override
        public String word(Kind kind) {
            return kind.word();
        }

        @Override
        public JsonOutput together(JsonOutput[] replies) {
            JsonOutput json = new JsonOutput().raw("{\"replies\":[");
            for (int i = 0; i < replies.length; i++) {
                json.next(i).raw("{").json(replies[i]).raw("}");
            }
            return json.raw("]}");
        }
    }

    private record Lines(List<Calls.Line> lines) implements Batch.Form {
        @Override
        public String word(Kind kind) {
            return "result";
        }

        @Override
        public JsonOutput together(JsonOutput[] replies) {
            JsonOutput json = new JsonOutput();
            for (int i = 0; i < replies.length; i++) {
                json.open().field("id", lines.get(i).id()).json(replies[i]).raw("}\n");
            }
            return json;
        }
    }

    private static Call allowed(Call call, Caller caller) {
        return call instanceof Call.Refused || caller.mayAs(Set.of(call.kind().role()))
                ? call
                : Call.Refused.forbidden(call.kind());
    }

    private static CompletionStage<Answer> tooMany(int limit, String what) {
        return answered(
                CompatibleError.of(ErrorCode.LIMIT_EXCEEDED, "A batch must not hold more than " + limit + " " + what));
    }

    private static CompletionStage<Answer> answered(CompatibleError error) {
        return CompletableFuture.completedFuture(error.answer());
    }
}
