package io.holdfast.websocket;

import io.holdfast.commands.Conversations;
import io.holdfast.commands.HandshakeCheck;
import io.holdfast.delivery.Connections;
import io.holdfast.delivery.Limit;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Lets a handshake through, or answers 403: cross-site pages, and in insecure mode all from elsewhere. Connections that are too
 * many get 503 or 429.
 */
@WebFilter(urlPatterns = "/connection/*", asyncSupported = true)
public class HandshakeFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final int TOO_MANY_REQUESTS = 429; // RFC 6585, section 4

    // The container requires a public constructor without arguments.
    @Inject
    @SuppressWarnings("NullAway.Init")
    private transient HandshakeCheck check;

    @Inject
    @SuppressWarnings("NullAway.Init")
    private transient Connections connections;

    @Inject
    @SuppressWarnings("NullAway.Init")
    private transient Conversations conversations;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!check.mayOpen(
                request.getHeader("Origin"),
                request.getHeader("Host"),
                request.getServerName(),
                request.getServerPort(),
                request.getLocalAddr())) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN);
        } else if (request.getMethod().equals("OPTIONS")) {
            chain.doFilter(request, response);
        } else {
            connect(request, response, chain);
        }
    }

    private void connect(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String address = request.getRemoteAddr();
        Limit limit = connections.mayConnect(address);
        if (limit != null) {
            response.setHeader("Retry-After", "1");
            response.sendError(limit == Limit.ADDRESS ? TOO_MANY_REQUESTS : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        HandshakeConfigurator.begin(conversations.peer(address, request::getHeader, request::isUserInRole));
        try {
            chain.doFilter(new Sessionless(request), response);
        } finally {
            HandshakeConfigurator.end();
        }
    }
}
