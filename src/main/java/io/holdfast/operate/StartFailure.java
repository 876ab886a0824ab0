package io.holdfast.operate;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * Why the gateway serves nobody: its start failed, or it must not go on. Then no other part of it may be asked for anything, since
 * asking would make it: delivery would open the store. Any thread.
 */
@ApplicationScoped
public class StartFailure {
    private volatile List<String> causes = List.of();

    /** From now on nothing is served. @param found for people, at least one, without secrets */
    public void begin(List<String> found) {
        causes = List.copyOf(found);
    }

    /** Whether nothing is served. */
    public boolean isThere() {
        return !causes.isEmpty();
    }

    /** For people; empty if the gateway serves. */
    List<String> causes() {
        return causes;
    }
}
