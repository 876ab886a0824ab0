package io.holdfast.operate;

import io.holdfast.json.JsonOutput;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;

/**
 * Answers everything with 503 after a start that failed. Whoever asks may be anybody, so the answer does not have the reason: health
 * and the log have it.
 */
public class StartFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final List<String> OF_SERVER = List.of("/health", "/metrics");

    /** Until the next start, perhaps. */
    private static final String RETRY_SECONDS = "10";

    private static final byte[] ANSWER = new JsonOutput()
            .raw("{\"error\":{\"code\":")
            .string("not_started")
            .raw(",\"message\":")
            .string("Holdfast has not started, and serves nothing until it is started again. The server's log and"
                    + " /health/ready say why")
            .raw("}}")
            .toBytes();

    // The container requires a public constructor without arguments.
    @Inject
    @SuppressWarnings("NullAway.Init")
    private transient StartFailure failure;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!failure.isThere() || isOfServer(request)) {
            chain.doFilter(request, response);
            return;
        }
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Retry-After", RETRY_SECONDS);
        response.setContentLength(ANSWER.length);
        response.getOutputStream().write(ANSWER);
    }

    /** Payara has its own pages inside the application that lies at the root. */
    private static boolean isOfServer(HttpServletRequest request) {
        String path = request.getServletPath();
        return OF_SERVER.stream().anyMatch(page -> path.equals(page) || path.startsWith(page + "/"));
    }
}
