package io.holdfast.app;

import io.holdfast.operate.HealthSettings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready once this process listens on a port for clients. One that another process has is an error in Liberty's log and no
 * more: the port for health answers all the same. Where that cannot be found out (not Liberty, not Linux) it counts as ready.
 */
@Readiness
@ApplicationScoped
public class PublicPortReadiness implements HealthCheck {
    private final int healthPort;

    /** A port that was bound stays bound; to look again costs a read for each open file. */
    private volatile boolean seenBound;

    /** For the client proxy only. */
    protected PublicPortReadiness() {
        healthPort = 0;
    }

    @Inject
    public PublicPortReadiness(HealthSettings settings) {
        this.healthPort = settings.port();
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("public-port");
        Set<Integer> wanted = new TreeSet<>();
        if (!seenBound) {
            ListeningAddresses.endpoints().forEach(endpoint -> wanted.add(endpoint.port()));
            wanted.remove(healthPort);
            seenBound = bound(wanted);
        }
        if (!seenBound) {
            response.withData("cause", "this server does not listen on " + wanted + ": see CWWKO0221E in its log");
        }
        return response.status(seenBound).build();
    }

    private static boolean bound(Set<Integer> wanted) {
        try {
            return wanted.isEmpty()
                    || ListeningPorts.of(ListeningPorts.THIS_PROCESS).stream()
                            .anyMatch(address -> wanted.contains(address.getPort()));
        } catch (IOException e) {
            return true;
        }
    }
}
