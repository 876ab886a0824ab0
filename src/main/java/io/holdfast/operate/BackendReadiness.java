package io.holdfast.operate;

import io.holdfast.handlers.backend.BackendStats;
import io.holdfast.handlers.backend.Backends;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Says which back ends fail. Always up: with another node in its place, clients would get no other answer. */
@Readiness
@ApplicationScoped
public class BackendReadiness implements HealthCheck {
    private final Backends backends;
    private final ContextRoot root;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected BackendReadiness() {
        this(null, null);
    }

    @Inject
    BackendReadiness(Backends backends, ContextRoot root) {
        this.backends = backends;
        this.root = root;
    }

    @Override
    public HealthCheckResponse call() {
        return response(backends.stats(), root.path());
    }

    static HealthCheckResponse response(BackendStats stats, String application) {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("backends").up().withData(ContextRoot.NAME, application);
        stats.events()
                .forEach((event, counts) -> response.withData(event.word(), counts.failing() ? "failing" : "answers"));
        return response.build();
    }
}
