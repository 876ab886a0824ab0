package io.holdfast.http;

import io.holdfast.delivery.BreakerInfo;
import io.holdfast.delivery.DeadLetter;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.stream.Receipt;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What operators ask and do: metrics, clients, breakers, dead letters, drain. Reads the store on the caller's thread. */
@ApplicationScoped
class ControlApi {
    private static final int LETTERS = 100;
    private static final int MOST_LETTERS = 1_000;
    private static final long WINDOW_SECONDS = 10;
    private static final long MOST_WINDOW_SECONDS = 600;
    private static final Pattern CLIENT = Pattern.compile("/clients/(.+)");
    private static final Pattern BREAKER = Pattern.compile("/breakers/(.+)");
    private static final Pattern RESET = Pattern.compile("/breakers/(.+)/reset");
    private static final Pattern LETTER = Pattern.compile("/dead-letters/(\\d{1,18})");
    private static final Pattern LETTER_ACTION = Pattern.compile("/dead-letters/(\\d{1,18})/(resend|discard)");

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

    /** @return the answer to a GET; null if the path is not ours */
    @Nullable
    Answer get(String path, Map<String, String[]> parameters) {
        try {
            return switch (path) {
                case "/metrics" -> RecordJson.answer(manager.stats());
                case "/clients" -> RecordJson.list("clients", manager.clients());
                case "/breakers" -> RecordJson.list("breakers", manager.breakers(null));
                case "/dead-letters" -> letters(parameters);
                default -> getOne(path);
            };
        } catch (WrongParameter e) {
            return e.answer;
        } catch (RuntimeException e) {
            return Failures.answer(e);
        }
    }

    /** @return the answer to a POST without a body; null if the path is not ours */
    @Nullable
    CompletionStage<Answer> post(String path, Map<String, String[]> parameters) {
        try {
            Matcher reset = RESET.matcher(path);
            if (reset.matches()) {
                int closed = manager.resetBreakers(reset.group(1));
                return CompletableFuture.completedFuture(Answer.ok(
                        new JsonText().raw("{\"reset\":").number(closed).raw("}")));
            }
            Matcher letter = LETTER_ACTION.matcher(path);
            if (letter.matches()) {
                long number = Long.parseLong(letter.group(1));
                return letter.group(2).equals("resend") ? resend(number) : discard(number);
            }
            if (path.equals("/drain")) {
                Duration window = Duration.ofSeconds(number(parameters, "window", WINDOW_SECONDS, MOST_WINDOW_SECONDS));
                return manager.drain(window).thenApply(RecordJson::answer);
            }
            return null;
        } catch (WrongParameter e) {
            return CompletableFuture.completedFuture(e.answer);
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(Failures.answer(e));
        }
    }

    private @Nullable Answer getOne(String path) {
        Matcher client = CLIENT.matcher(path);
        if (client.matches()) {
            return manager.client(client.group(1))
                    .map(RecordJson::answer)
                    .orElseGet(() -> Answer.error(404, "not_found", "Nothing is known of this client"));
        }
        Matcher breaker = BREAKER.matcher(path);
        if (breaker.matches()) {
            List<BreakerInfo> found = manager.breakers(breaker.group(1));
            return RecordJson.list("breakers", found);
        }
        Matcher letter = LETTER.matcher(path);
        if (letter.matches()) {
            return manager.deadLetter(Long.parseLong(letter.group(1)))
                    .map(RecordJson::answer)
                    .orElseGet(ControlApi::noLetter);
        }
        return null;
    }

    private Answer letters(Map<String, String[]> parameters) {
        String client = text(parameters, "client");
        long after = number(parameters, "after", 0, Long.MAX_VALUE);
        int limit = (int) number(parameters, "limit", LETTERS, MOST_LETTERS);
        List<DeadLetter> letters = manager.deadLetters(client, after, limit);
        return RecordJson.list("dead_letters", letters);
    }

    private CompletionStage<Answer> resend(long number) {
        Optional<CompletionStage<Receipt>> sent = manager.resendDeadLetter(number);
        return sent.map(stage -> stage.thenApply(PublishApi::answer))
                .orElseGet(() -> CompletableFuture.completedFuture(noLetter()));
    }

    private CompletionStage<Answer> discard(long number) {
        if (manager.deadLetter(number).isEmpty()) {
            return CompletableFuture.completedFuture(noLetter());
        }
        return manager.discardDeadLetter(number).thenApply(done -> Answer.ok(new JsonText().raw("{}")));
    }

    private static Answer noLetter() {
        return Answer.error(404, "not_found", "There is no dead letter with this number");
    }

    private static @Nullable String text(Map<String, String[]> parameters, String name) {
        String[] values = parameters.get(name);
        return values == null || values.length == 0 || values[0].isEmpty() ? null : values[0];
    }

    private static long number(Map<String, String[]> parameters, String name, long absent, long most) {
        String text = text(parameters, name);
        if (text == null) {
            return absent;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= 0 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // answered below
        }
        throw new WrongParameter(
                Answer.error(400, "invalid_field", name + " must be a whole number from 0 to " + most, name));
    }

    private static final class WrongParameter extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Answer answer;

        WrongParameter(Answer answer) {
            super(null, null, false, false);
            this.answer = answer;
        }
    }
}
