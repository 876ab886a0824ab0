package io.holdfast.cli;

import io.holdfast.client.AnswerTooLongException;
import io.holdfast.client.ApiClient;
import io.holdfast.client.ApiClient.Answer;
import io.holdfast.client.Json;
import io.holdfast.client.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/** The server API for a command. Whatever is not an answer to the question becomes a {@link Failure}. */
final class Api {
    private final URI base;
    private final Duration limit;
    private final String option;
    private final ApiClient client;

    private interface Call {
        Answer make() throws IOException, InterruptedException;
    }

    /** @param key empty to send none @param option what sets the base, for advice */
    Api(URI base, String key, Duration limit, Trust trust, String option) {
        this.option = option;
        this.base = base;
        this.limit = limit;
        this.client = new ApiClient(base, key.isEmpty() ? null : key, limit, trust);
    }

    /** The body of a good answer. */
    String get(String path) {
        return good(path, ask(path));
    }

    String post(String path, String json) {
        return good(path, made(() -> client.post(path, json)));
    }

    /** As {@link #post}, for messages: where it is not known what became of them, the advice says that they can be repeated. */
    String submit(String path, String json) {
        try {
            return post(path, json);
        } catch (Failure e) {
            String advice =
                    e.advice() + " A send or publish with --id can be repeated: the message is stored only once.";
            throw e.mayPass() ? new Failure(e.exit(), e.code(), e.message(), advice) : e;
        }
    }

    /** The answer whatever its status. */
    Answer ask(String path) {
        return made(() -> client.get(path));
    }

    private String good(String path, Answer answer) {
        if (answer.status() / 100 != 2) {
            throw Refusals.byStatus(answer.status(), answer.body(), answer.header("Retry-After"), base + path);
        }
        Json error = Refusals.error(answer.body());
        if (!error.fields().isEmpty()) {
            throw Refusals.byCode(error);
        }
        return answer.body();
    }

    private Answer made(Call call) {
        try {
            return call.make();
        } catch (AnswerTooLongException e) {
            throw new Failure(
                    Exit.NO,
                    "answer_too_long",
                    String.valueOf(e.getMessage()),
                    "Ask for less (one client, a --limit), or check that the URL is that of a Holdfast gateway.");
        } catch (HttpConnectTimeoutException e) {
            throw Refusals.unreachable(base, e, option);
        } catch (HttpTimeoutException e) {
            throw Refusals.silent(base, limit);
        } catch (IOException e) {
            throw Refusals.unreachable(base, e, option);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.UNREACHABLE, "interrupted", "Interrupted", "Ask again.");
        }
    }
}
