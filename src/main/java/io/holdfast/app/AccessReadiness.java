package io.holdfast.app;

import io.holdfast.operate.ContextRoot;
import io.holdfast.operate.StartReadiness;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready while nobody could connect, or nobody publish: whoever waits for this node would wait for nothing. */
@Readiness
@ApplicationScoped
public class AccessReadiness implements HealthCheck {
    private final ContextRoot root;
    private volatile List<String> gaps = List.of();

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected AccessReadiness() {
        this(null);
    }

    @Inject
    AccessReadiness(ContextRoot root) {
        this.root = root;
    }

    /** @param found as of {@link AccessGaps} */
    void found(List<String> found) {
        gaps = List.copyOf(found);
    }

    @Override
    public HealthCheckResponse call() {
        return StartReadiness.response("access", gaps, root.path());
    }
}
