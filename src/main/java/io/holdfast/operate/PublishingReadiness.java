package io.holdfast.operate;

import io.holdfast.delivery.ResilientWebSocketManager;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while messages can be accepted: started, and the engine's breaker not open. */
@Readiness
@ApplicationScoped
public class PublishingReadiness implements HealthCheck {
    private final ResilientWebSocketManager manager;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected PublishingReadiness() {
        this(null);
    }

    @Inject
    public PublishingReadiness(ResilientWebSocketManager manager) {
        this.manager = manager;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("publishing").status(manager.ready()).build();
    }
}
