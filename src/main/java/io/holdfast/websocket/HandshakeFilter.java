package io.holdfast.websocket;

import io.holdfast.commands.HandshakeCheck;
import io.holdfast.delivery.Limit;
import io.holdfast.delivery.ResilientWebSocketManager;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Lets a handshake or an API call through, or answers 403: cross-site pages, and in insecure mode all from elsewhere. Connections that are
 * too many get 503 or 429.
 */
@WebFilter(
        urlPatterns = {"/connection/*", "/emulation", "/api/*"},
        asyncSupported = true)
public class HandshakeFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final int TOO_MANY_REQUESTS = 429; // RFC 6585, section 4

    // The container requires a public constructor without arguments.
    @Inject
    @SuppressWarnings("NullAway.Init")
    private transient HandshakeCheck check;

    @Inject
    @SuppressWarnings("NullAway.Init")
    private transient ResilientWebSocketManager manager;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!check.mayOpen(request.getHeader("Origin"), request.getHeader("Host"), request.getLocalAddr())) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN);
        } else if (path(request).startsWith("/connection/")
                && !request.getMethod().equals("OPTIONS")) {
            connect(request, response, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    /** Below the application's root. No servlet stands behind a WebSocket: on Liberty its servlet path is empty then. */
    private static String path(HttpServletRequest request) {
        String rest = request.getPathInfo();
        return rest == null ? request.getServletPath() : request.getServletPath() + rest;
    }

    private void connect(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String address = request.getRemoteAddr();
        Limit limit = manager.mayConnect(address);
        if (limit != null) {
            response.setHeader("Retry-After", "1");
            response.sendError(limit == Limit.ADDRESS ? TOO_MANY_REQUESTS : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        HandshakeConfigurator.begin(address);
        try {
            chain.doFilter(request, response);
        } finally {
            HandshakeConfigurator.end();
        }
    }
}
