package io.holdfast.http;

import io.holdfast.delivery.BreakerStatus;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.json.JsonOutput;
import io.holdfast.stream.Receipt;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The calls for operators: metrics, clients, breakers, dead letters, drain. Reads the store on the caller's thread. */
@ApplicationScoped
class ControlApi {
    private static final int LETTERS = 100;
    private static final int MOST_LETTERS = 1_000;
    private static final int MOST_CLIENTS = 10_000;
    private static final int MOST_BREAKERS = 10_000;
    private static final long WINDOW_SECONDS = 10;
    private static final long MOST_WINDOW_SECONDS = 600;

    private final ResilientWebSocketManager manager;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected ControlApi() {
        manager = null;
    }

    @Inject
    ControlApi(ResilientWebSocketManager manager) {
        this.manager = manager;
    }

    Answer metrics() {
        return RecordJson.answer(manager.stats());
    }

    /** {@code {"clients":[…],"next":"…"}}, with {@code next} where more follow. */
    Answer clients(Parameters parameters) {
        int limit = (int) Math.max(1, parameters.number("limit", MOST_CLIENTS, MOST_CLIENTS));
        String after = parameters.text("after");
        return Answer.ok(page(manager.clients(), limit, after));
    }

    /** @param after name behind which to begin; null for the first */
    static JsonOutput page(List<String> sorted, int limit, @Nullable String after) {
        int from = after == null ? 0 : behind(sorted, after);
        int to = Math.min(sorted.size(), from + limit);
        JsonOutput json = new JsonOutput().raw("{\"clients\":");
        RecordJson.write(sorted.subList(from, to), json);
        if (to < sorted.size()) {
            json.raw(",\"next\":").string(sorted.get(to - 1));
        }
        return json.raw("}");
    }

    private static int behind(List<String> sorted, String name) {
        int place = Collections.binarySearch(sorted, name);
        return place < 0 ? -place - 1 : place + 1;
    }

    Answer client(String client) {
        return manager.client(client)
                .map(RecordJson::answer)
                .orElseGet(() -> Answer.error(404, "not_found", "This client is not known"));
    }

    Answer breakersOf(String client) {
        return RecordJson.list("breakers", manager.breakers(client));
    }

    /** {@code {"breakers":[…],"next":"…"}}, with {@code next} where more follow. */
    Answer breakers(Parameters parameters) {
        String client = parameters.text("client");
        if (client != null) {
            return breakersOf(client);
        }
        int limit = (int) Math.max(1, parameters.number("limit", MOST_BREAKERS, MOST_BREAKERS));
        return Answer.ok(breakerPage(manager.breakers(null), limit, parameters.text("after")));
    }

    /**
     * All of a client are on one page.
     *
     * @param sorted by client
     * @param after client behind which to begin; null for the first
     */
    static JsonOutput breakerPage(List<BreakerStatus> sorted, int limit, @Nullable String after) {
        List<BreakerStatus> rest = sorted.stream()
                .filter(breaker -> after == null || breaker.client().compareTo(after) > 0)
                .toList();
        int to = Math.min(rest.size(), limit);
        while (to < rest.size() && rest.get(to).client().equals(rest.get(to - 1).client())) {
            to++;
        }
        JsonOutput json = new JsonOutput().raw("{\"breakers\":");
        RecordJson.write(rest.subList(0, to), json);
        if (to < rest.size()) {
            json.raw(",\"next\":").string(rest.get(to - 1).client());
        }
        return json.raw("}");
    }

    Answer reset(String client) {
        return Answer.ok(new JsonOutput()
                .raw("{\"reset\":")
                .number(manager.resetBreakers(client))
                .raw("}"));
    }

    CompletionStage<Answer> drain(Parameters parameters) {
        long seconds = parameters.number("window", WINDOW_SECONDS, MOST_WINDOW_SECONDS);
        return manager.drain(Duration.ofSeconds(seconds)).thenApply(RecordJson::answer);
    }

    Answer letters(Parameters parameters) {
        long after = parameters.number("after", 0, Long.MAX_VALUE);
        int limit = (int) parameters.number("limit", LETTERS, MOST_LETTERS);
        return RecordJson.list("dead_letters", manager.deadLetters(parameters.text("client"), after, limit));
    }

    Answer letter(long number) {
        return manager.deadLetter(number).map(RecordJson::answer).orElseGet(ControlApi::noLetter);
    }

    CompletionStage<Answer> resend(long number) {
        Optional<CompletionStage<Receipt>> sent = manager.resendDeadLetter(number);
        return sent.map(stage -> stage.thenApply(Replies::answer))
                .orElseGet(() -> CompletableFuture.completedFuture(noLetter()));
    }

    CompletionStage<Answer> discard(long number) {
        if (manager.deadLetter(number).isEmpty()) {
            return CompletableFuture.completedFuture(noLetter());
        }
        return manager.discardDeadLetter(number).thenApply(done -> Answer.ok(new JsonOutput().raw("{}")));
    }

    private static Answer noLetter() {
        return Answer.error(404, "not_found", "There is no dead letter with this number");
    }
}
