package io.holdfast.http;

import io.holdfast.access.Role;
import io.holdfast.cluster.Asking;
import io.holdfast.delivery.GatewayStarted;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** From the start on, carries out what other nodes ask of the server API of this one. Any thread. */
@ApplicationScoped
class CallsOfNodes {
    private final Asking others;
    private final Routes routes;
    private final RevokeApi revoke;
    private final CleanupNode cleaner;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected CallsOfNodes() {
        this(null, null, null, null);
    }

    @Inject
    CallsOfNodes(Asking others, Routes routes, RevokeApi revoke, CleanupNode cleaner) {
        this.others = others;
        this.routes = routes;
        this.revoke = revoke;
        this.cleaner = cleaner;
    }

    void start(@Observes GatewayStarted event) {
        revoke.answerOthers();
        others.answerLater(
                NodeCall.ABOUT, question -> answer(NodeCall.read(question)).thenApply(NodeCall::answer));
    }

    private CompletionStage<Optional<Answer>> answer(NodeCall call) throws IOException {
        Routes.Found found = routes.find(call.method(), call.path());
        boolean elsewhere = call.path().startsWith(CleanupNode.PATH) && !cleaner.isThis();
        if (found == null || elsewhere) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        Caller caller = new Caller(Set.of(Role.ADMIN), call.caller());
        if (found.route().action() instanceof Route.Posted posted) {
            return ApiServlet.carryOut(posted, call.body(), caller).thenApply(Optional::of);
        } else if (found.route().action() instanceof Route.Asked asked) {
            return ApiServlet.carryOut(asked, found.segment(), call.query(), caller)
                    .thenApply(Optional::of);
        }
        throw new IllegalArgumentException("a route that nothing carries out: " + found.route());
    }
}
