package io.holdfast.http;

import io.holdfast.delivery.AllNodes;
import io.holdfast.delivery.BreakerStatus;
import io.holdfast.delivery.Gathered;
import io.holdfast.delivery.Listing;
import io.holdfast.delivery.NamedPage;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.json.JsonOutput;
import io.holdfast.stream.Receipt;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The calls for operators: metrics, clients, breakers, dead letters. Reads the store on the caller's thread. */
@ApplicationScoped
class ControlApi {
    private static final int LETTERS = 100;
    private static final int MOST_LETTERS = 1_000;
    private static final int MOST_CLIENTS = 10_000;
    private static final int MOST_BREAKERS = 10_000;
    private static final int MOST_CONNECTIONS = 100;

    private final ResilientWebSocketManager manager;
    private final AllNodes nodes;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected ControlApi() {
        manager = null;
        nodes = null;
    }

    @Inject
    ControlApi(ResilientWebSocketManager manager, AllNodes nodes) {
        this.manager = manager;
        this.nodes = nodes;
    }

    Answer metrics() {
        return RecordJson.answer(manager.stats());
    }

    /** {@code {"clients":[…],"connected":[…],"next":"…"}}: those of the page that are connected, and {@code next} where more follow. */
    CompletionStage<Answer> clients(Parameters parameters) {
        int limit = (int) Math.max(1, parameters.number("limit", MOST_CLIENTS, MOST_CLIENTS));
        Listing<Boolean> wanted = new Listing.Clients(parameters.textOr("search", ""));
        return nodes.page(wanted, parameters.textOr("after", ""), limit).thenApply(page -> Answer.ok(clientPage(page)));
    }

    static JsonOutput clientPage(Gathered<NamedPage<Boolean>> page) {
        JsonOutput json = new JsonOutput().raw("{\"clients\":");
        RecordJson.write(page.value().entries().keySet(), json);
        List<String> connected = page.value().entries().entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .toList();
        RecordJson.write(connected, json.raw(",\"connected\":"));
        if (page.value().more()) {
            json.raw(",\"next\":").string(page.value().entries().lastKey());
        }
        return RecordJson.missing(page, json).raw("}");
    }

    /** {@code {"connections":[…]}}, at most 100: the open connections of a client on all nodes. */
    CompletionStage<Answer> connections(String client) {
        return nodes.page(new Listing.ConnectionsOf(client), "", MOST_CONNECTIONS)
                .thenApply(page -> {
                    JsonOutput json = new JsonOutput().raw("{\"connections\":");
                    RecordJson.write(page.value().entries().values(), json);
                    return Answer.ok(RecordJson.missing(page, json).raw("}"));
                });
    }

    CompletionStage<Answer> client(String client) {
        return nodes.client(client)
                .thenApply(found -> found.value()
                        .map(status -> RecordJson.answer(found.map(any -> status)))
                        .orElseGet(() -> Answer.error(404, "not_found", "This client is not known")));
    }

    CompletionStage<Answer> breakersOf(String client) {
        return nodes.page(new Listing.Breakers(client), "", 1).thenApply(page -> Answer.ok(breakerPage(page, 1)));
    }

    /** {@code {"breakers":[…],"next":"…"}}, with {@code next} where more follow. */
    CompletionStage<Answer> breakers(Parameters parameters) {
        String client = parameters.text("client");
        if (client != null) {
            return breakersOf(client);
        }
        int limit = (int) Math.max(1, parameters.number("limit", MOST_BREAKERS, MOST_BREAKERS));
        return nodes.page(new Listing.Breakers(null), parameters.textOr("after", ""), limit)
                .thenApply(page -> Answer.ok(breakerPage(page, limit)));
    }

    /**
     * All of a client are on one page.
     *
     * @param limit of breakers: with it reached, the page ends behind the client
     */
    static JsonOutput breakerPage(Gathered<NamedPage<List<BreakerStatus>>> page, int limit) {
        List<BreakerStatus> shown = new ArrayList<>();
        boolean more = page.value().more();
        for (List<BreakerStatus> ofClient : page.value().entries().values()) {
            if (shown.size() >= limit) {
                more = true;
                break;
            }
            shown.addAll(ofClient);
        }
        JsonOutput json = new JsonOutput().raw("{\"breakers\":");
        RecordJson.write(shown, json);
        if (more) {
            json.raw(",\"next\":").string(shown.get(shown.size() - 1).client());
        }
        return RecordJson.missing(page, json).raw("}");
    }

    CompletionStage<Answer> reset(String client) {
        return nodes.resetBreakers(client)
                .thenApply(reset -> Answer.ok(
                        new JsonOutput().raw("{\"reset\":").number(reset).raw("}")));
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
