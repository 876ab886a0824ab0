package io.holdfast.operate;

import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * On the port for health and metrics, the gateway's own pages, API and handshakes are answered with 404. MicroProfile's {@code
 * /health} and {@code /metrics} belong to other applications, and their requests do not pass this filter.
 */
public class HealthPortFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    // The container requires a public constructor without arguments.
    @Inject
    @SuppressWarnings("NullAway.Init")
    private transient HealthSettings settings;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getLocalPort() == settings.port()) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        } else {
            chain.doFilter(request, response);
        }
    }
}
