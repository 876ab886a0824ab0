package io.holdfast.operate;

import io.holdfast.cleanup.CleanupCoordinator;
import io.holdfast.cleanup.CleanupState;
import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.ResilientWebSocketManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Locale;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready while messages can be accepted: started, not draining, the engine's breaker not open, room in the store, commits
 * within their limit, threads free. Says why not, and how long things take.
 */
@Readiness
@ApplicationScoped
public class PublishingReadiness implements HealthCheck {
    private static final String NAME = "publishing";

    private final ResilientWebSocketManager manager;
    private final HealthSettings settings;
    private final CleanupCoordinator cleanup;
    private final StartFailure failure;
    private final ContextRoot root;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected PublishingReadiness() {
        this(null, null, null, null, null);
    }

    @Inject
    PublishingReadiness(
            ResilientWebSocketManager manager,
            HealthSettings settings,
            CleanupCoordinator cleanup,
            StartFailure failure,
            ContextRoot root) {
        this.manager = manager;
        this.settings = settings;
        this.cleanup = cleanup;
        this.failure = failure;
        this.root = root;
    }

    @Override
    public HealthCheckResponse call() {
        if (failure.isThere()) {
            return HealthCheckResponse.named(NAME)
                    .down()
                    .withData(ContextRoot.NAME, root.path())
                    .withData("causes", Verdict.Cause.NOT_STARTED.word())
                    .build();
        }
        return response(manager.health(), settings, cleanup.state(), root.path());
    }

    /** How cleanup is decides nothing here. */
    static HealthCheckResponse response(
            DeliveryHealth seen, HealthSettings settings, CleanupState cleaning, String application) {
        Verdict verdict = Verdict.of(seen, settings);
        HealthCheckResponseBuilder response = HealthCheckResponse.named(NAME)
                .status(verdict.ready())
                .withData(ContextRoot.NAME, application)
                .withData("commit_ms", seen.commit().toMillis())
                .withData("executor_wait_ms", seen.executorWait().toMillis())
                .withData("queue_percent", Math.round(100 * seen.queueShare()))
                .withData("cleanup", word(cleaning));
        if (!verdict.causes().isEmpty()) {
            response.withData(
                    "causes",
                    String.join(
                            " ",
                            verdict.causes().stream().map(Verdict.Cause::word).toList()));
        }
        return response.build();
    }

    private static String word(CleanupState cleaning) {
        if (cleaning.stage() != null) {
            return cleaning.stage().name().toLowerCase(Locale.ROOT);
        }
        return cleaning.paused() ? "paused" : "idle";
    }
}
