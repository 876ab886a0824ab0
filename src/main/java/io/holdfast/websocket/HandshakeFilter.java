package io.holdfast.websocket;

import io.holdfast.commands.HandshakeCheck;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Lets a handshake or an API call through, or answers 403: cross-site pages, and in insecure mode all from elsewhere. */
@WebFilter(
        urlPatterns = {"/connection/*", "/emulation", "/api/*"},
        asyncSupported = true)
public class HandshakeFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    // The container requires a public constructor without arguments.
    @Inject
    @SuppressWarnings("NullAway.Init")
    private transient HandshakeCheck check;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (check.mayOpen(request.getHeader("Origin"), request.getHeader("Host"), request.getLocalAddr())) {
            chain.doFilter(request, response);
        } else {
            response.sendError(HttpServletResponse.SC_FORBIDDEN);
        }
    }
}
