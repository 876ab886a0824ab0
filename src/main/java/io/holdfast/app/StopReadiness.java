package io.holdfast.app;

import io.holdfast.operate.ContextRoot;
import io.holdfast.operate.StartReadiness;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready from the moment when the process is told to end, though it serves as before for a while: load balancers look away. */
@Readiness
@ApplicationScoped
public class StopReadiness implements HealthCheck {
    private final ContextRoot root;
    private volatile boolean stopping;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected StopReadiness() {
        this(null);
    }

    @Inject
    StopReadiness(ContextRoot root) {
        this.root = root;
    }

    void stops() {
        stopping = true;
    }

    @Override
    public HealthCheckResponse call() {
        return StartReadiness.response(
                "stop", stopping ? List.of("the server was told to stop") : List.of(), root.path());
    }
}
