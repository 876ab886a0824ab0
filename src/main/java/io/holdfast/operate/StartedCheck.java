package io.holdfast.operate;

import io.holdfast.delivery.ResilientWebSocketManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Started: the store is open and the threads of delivery run. */
@Startup
@ApplicationScoped
public class StartedCheck implements HealthCheck {
    private final ResilientWebSocketManager manager;
    private final StartFailure failure;
    private final ContextRoot root;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected StartedCheck() {
        this(null, null, null);
    }

    @Inject
    StartedCheck(ResilientWebSocketManager manager, StartFailure failure, ContextRoot root) {
        this.manager = manager;
        this.failure = failure;
        this.root = root;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("started")
                .status(!failure.isThere() && manager.health().started())
                .withData(ContextRoot.NAME, root.path())
                .build();
    }
}
