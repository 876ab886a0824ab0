package io.holdfast.http;

import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.stream.Receipt;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What operators ask and do: metrics, clients, breakers, dead letters, drain. Reads the store on the caller's thread. */
@ApplicationScoped
class ControlApi {
    private static final int LETTERS = 100;
    private static final int MOST_LETTERS = 1_000;
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

    Answer clients() {
        return RecordJson.list("clients", manager.clients());
    }

    Answer client(String client) {
        return manager.client(client)
                .map(RecordJson::answer)
                .orElseGet(() -> Answer.error(404, "not_found", "Nothing is known of this client"));
    }

    /** @param client whose; null for all */
    Answer breakers(@Nullable String client) {
        return RecordJson.list("breakers", manager.breakers(client));
    }

    Answer reset(String client) {
        return Answer.ok(new JsonText()
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
        return manager.discardDeadLetter(number).thenApply(done -> Answer.ok(new JsonText().raw("{}")));
    }

    private static Answer noLetter() {
        return Answer.error(404, "not_found", "There is no dead letter with this number");
    }
}
