package io.holdfast.operate;

import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.ResilientWebSocketManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/**
 * Liveness is down only if a restart helps: a thread of delivery or of the engine has failed for good or hangs, or the committer
 * hangs far beyond every time limit of the engine. A failing disk, a full store and a drain are not reasons for a restart.
 */
@Liveness
@ApplicationScoped
public class CommitterLiveness implements HealthCheck {
    /** Times the limit of a commit. An engine that does not answer gives up after 21 s and a round after about 60 s. */
    private static final int HANGS = 20;

    private static final String NAME = "committer";

    private final ResilientWebSocketManager manager;
    private final HealthSettings settings;
    private final StartFailure failure;
    private final ContextRoot root;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected CommitterLiveness() {
        this(null, null, null, null);
    }

    @Inject
    CommitterLiveness(
            ResilientWebSocketManager manager, HealthSettings settings, StartFailure failure, ContextRoot root) {
        this.manager = manager;
        this.settings = settings;
        this.failure = failure;
        this.root = root;
    }

    @Override
    public HealthCheckResponse call() {
        if (failure.isThere()) { // a restart alone would not help
            return HealthCheckResponse.named(NAME)
                    .up()
                    .withData(ContextRoot.NAME, root.path())
                    .build();
        }
        DeliveryHealth seen = manager.health();
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named(NAME).status(alive(seen, settings)).withData(ContextRoot.NAME, root.path());
        if (!seen.failedParts().isEmpty()) {
            response.withData("failed", String.join(" ", seen.failedParts()));
        }
        return response.build();
    }

    static boolean alive(DeliveryHealth seen, HealthSettings settings) {
        boolean owed = seen.started() && !seen.draining();
        return !owed
                || (seen.committing()
                        && seen.failedParts().isEmpty()
                        && seen.commit().compareTo(settings.commitLimit().multipliedBy(HANGS)) <= 0);
    }
}
