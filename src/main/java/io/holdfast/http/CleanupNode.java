package io.holdfast.http;

import io.holdfast.cleanup.CleanupCoordinator;
import io.holdfast.cluster.Asking;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Has each call about cleanup carried out by the node whose turn it is: this one, if no other node has the turn. May wait for the
 * store.
 */
@ApplicationScoped
class CleanupNode {
    static final String PATH = "/cleanup/";
    private static final int RETRY_SECONDS = 5;

    /** A caller may wait for a whole cycle. */
    private static final Duration CYCLE = Duration.ofMinutes(10);

    private final CleanupCoordinator cleanup;
    private final Asking others;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected CleanupNode() {
        this(null, null);
    }

    @Inject
    CleanupNode(CleanupCoordinator cleanup, Asking others) {
        this.cleanup = cleanup;
        this.others = others;
    }

    /** Whether it is this node. @throws EngineException if the store does not answer */
    boolean isThis() {
        return cleanup.takeTurn();
    }

    /** @param here carries it out here */
    Route.BodyCall posted(String path, Route.BodyCall here) {
        return (body, caller) ->
                isThis() ? here.answer(body, caller) : ask(new NodeCall("POST", path, "", body, caller.name(), CYCLE));
    }

    /** @param path with {@code {number}} where the segment belongs */
    Route.Query asked(String path, Route.Query here) {
        return (segment, parameters) -> isThis()
                ? here.answer(segment, parameters)
                : ask(new NodeCall(
                        "GET", path.replace("{number}", segment), query(parameters), new byte[0], "", CYCLE));
    }

    private static String query(Parameters parameters) {
        return parameters.values().entrySet().stream()
                .flatMap(each -> Arrays.stream(each.getValue())
                        .map(value -> each.getKey() + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)))
                .collect(Collectors.joining("&"));
    }

    private CompletionStage<Answer> ask(NodeCall call) {
        return others.all(
                        call,
                        answers -> answers.stream().flatMap(Optional::stream).findFirst())
                .thenApply(found -> found.value()
                        .orElseGet(() -> Answer.error(
                                        503,
                                        "unavailable",
                                        "Another node has the turn to clean up, and has not answered; repeat it. If that node is"
                                                + " gone, this one follows within 30 s")
                                .retryAfter(RETRY_SECONDS)));
    }
}
