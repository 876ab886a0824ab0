package io.holdfast.app;

import io.holdfast.operate.ContextRoot;
import io.holdfast.operate.StartFailure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready once the other nodes can find this one. A node that does not know its own address would serve clients, and what they are
 * sent elsewhere would come late. Always up without a cluster.
 */
@Readiness
@ApplicationScoped
public class ClusterReadiness implements HealthCheck {
    private final ClusterLife cluster;
    private final StartFailure failure;
    private final ContextRoot root;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected ClusterReadiness() {
        this(null, null, null);
    }

    @Inject
    ClusterReadiness(ClusterLife cluster, StartFailure failure, ContextRoot root) {
        this.cluster = cluster;
        this.failure = failure;
        this.root = root;
    }

    @Override
    public HealthCheckResponse call() {
        String trouble = failure.isThere() ? "this node has not started" : cluster.trouble();
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("cluster").status(trouble.isEmpty()).withData(ContextRoot.NAME, root.path());
        if (!trouble.isEmpty()) {
            response.withData("cause", trouble);
        }
        return response.build();
    }
}
