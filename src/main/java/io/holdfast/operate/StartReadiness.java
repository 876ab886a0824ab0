package io.holdfast.operate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Says why the start failed. Up before and after a start that did not. */
@Readiness
@ApplicationScoped
public class StartReadiness implements HealthCheck {
    private static final String CAUSE = "cause";

    private final StartFailure failure;
    private final ContextRoot root;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected StartReadiness() {
        this(null, null);
    }

    @Inject
    StartReadiness(StartFailure failure, ContextRoot root) {
        this.failure = failure;
        this.root = root;
    }

    @Override
    public HealthCheckResponse call() {
        return response("start", failure.causes(), root.path());
    }

    /** Down with each cause, if there is one. */
    public static HealthCheckResponse response(String check, List<String> causes, String application) {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named(check).status(causes.isEmpty()).withData(ContextRoot.NAME, application);
        for (int i = 0; i < causes.size(); i++) {
            response.withData(causes.size() == 1 ? CAUSE : CAUSE + "_" + (i + 1), causes.get(i));
        }
        return response.build();
    }
}
