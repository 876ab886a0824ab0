package io.holdfast.operate;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.servlet.ServletContext;

/**
 * Where this application lies on its server: {@code /} for the host's own. The applications of a server share one page of
 * metrics and one of health checks, and this tells them apart. Known once the application has been initialized; any thread.
 */
@ApplicationScoped
public class ContextRoot {
    /** What metrics and health checks call it. */
    public static final String NAME = "application";

    private static final String HOST = "/";
    private static final int BEFORE_THE_OTHERS = 100;

    private volatile String path = HOST;

    void learn(@Observes @Initialized(ApplicationScoped.class) @Priority(BEFORE_THE_OTHERS) Object event) {
        if (event instanceof ServletContext web && !web.getContextPath().isEmpty()) {
            path = web.getContextPath();
        }
    }

    public String path() {
        return path;
    }
}
