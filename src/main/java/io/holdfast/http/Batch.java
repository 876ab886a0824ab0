package io.holdfast.http;

import io.holdfast.http.Submission.Outcome;
import io.holdfast.json.JsonOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * One running batch.
 *
 * <p><b>Order.</b> Consecutive publications are handed over together. Any other command waits until all commands before it
 * are done, so that it sees their publications.
 *
 * <p><b>Threads.</b> One at a time. Commands may read the store, so the commands after publications run on the executor and
 * not on the thread that completes receipts.
 */
final class Batch {
    private final List<Call> calls;
    private final Form form;
    private final PublishApi publish;
    private final CommandApi commands;
    private final Executor executor;
    private final JsonOutput[] replies;
    private final CompletableFuture<Answer> done = new CompletableFuture<>();
    private int next;

    /** How the replies are put together. */
    interface Form {
        /** The name of the result of a call in its reply. */
        String word(Kind kind);

        /** @param replies one a call, without the braces around it */
        JsonOutput together(JsonOutput[] replies);
    }

    Batch(List<Call> calls, Form form, PublishApi publish, CommandApi commands, Executor executor) {
        this.calls = calls;
        this.form = form;
        this.publish = publish;
        this.commands = commands;
        this.executor = executor;
        this.replies = new JsonOutput[calls.size()];
    }

    /** Called once. */
    CompletionStage<Answer> run() {
        proceed();
        return done;
    }

    private void proceed() {
        while (next < replies.length) {
            CompletionStage<?> step = step();
            if (!step.toCompletableFuture().isDone()) {
                if (next == replies.length) {
                    step.whenComplete(this::proceed);
                } else {
                    step.whenCompleteAsync(this::proceed, executor);
                }
                return;
            }
        }
        finish();
    }

    private void proceed(Object result, Throwable failure) {
        try {
            proceed();
        } catch (RuntimeException e) {
            done.complete(Failures.answer(e));
        }
    }

    /** Carries out the next command, or all publications up to it. */
    private CompletionStage<?> step() {
        Call call = calls.get(next);
        if (call instanceof Call.CommandCall other) {
            int index = next++;
            return commands.carryOut(other.command())
                    .handle((result, failure) -> replies[index] = reply(other.kind(), result, failure));
        }
        List<Call.Publishing> fit = new ArrayList<>();
        List<Integer> indices = new ArrayList<>();
        for (; next < replies.length && !(calls.get(next) instanceof Call.CommandCall); next++) {
            if (calls.get(next) instanceof Call.Publishing publishing) {
                fit.add(publishing);
                indices.add(next);
            } else if (calls.get(next) instanceof Call.Refused refused) {
                replies[next] = refused.compatible().write(new JsonOutput().raw("\"error\":"));
            } else {
                throw new IllegalArgumentException(
                        "an unknown call: " + calls.get(next).kind());
            }
        }
        return publish.submit(fit).thenAccept(outcomes -> {
            for (int i = 0; i < outcomes.length; i++) {
                replies[indices.get(i)] = reply(fit.get(i).kind(), outcomes[i]);
            }
        });
    }

    private JsonOutput reply(Kind kind, JsonOutput result, Throwable failure) {
        JsonOutput json = new JsonOutput();
        if (failure == null) {
            json.raw("\"").raw(form.word(kind)).raw("\":").json(result);
        } else {
            Failures.compatible(failure).write(json.raw("\"error\":"));
        }
        return json;
    }

    private JsonOutput reply(Kind kind, Outcome[] outcomes) {
        JsonOutput json = new JsonOutput();
        Replies.publication(kind, form.word(kind), outcomes, json);
        return json;
    }

    private void finish() {
        done.complete(Answer.ok(form.together(replies)));
    }
}
