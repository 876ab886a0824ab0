package io.holdfast.websocket;

import io.holdfast.cluster.HttpTransport;
import io.holdfast.cluster.LinkAcceptor;
import io.holdfast.commands.Peer;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/**
 * Lets the handshakes of other nodes through. Without a cluster there is nothing here: 404. Pages get 403: a browser says where
 * they come from, and nodes do not.
 */
@WebFilter(urlPatterns = "/" + HttpTransport.PATH)
public class LinkFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    // The container requires a public constructor without arguments.
    @Inject
    @SuppressWarnings("NullAway.Init")
    private transient LinkAcceptor links;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!links.takesLinks()) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        } else if (request.getHeader("Origin") != null) {
            response.sendError(HttpServletResponse.SC_FORBIDDEN);
        } else {
            HandshakeConfigurator.begin(new Peer(request.getRemoteAddr(), Map.of(), Set.of()));
            try {
                chain.doFilter(new Sessionless(request), response);
            } finally {
                HandshakeConfigurator.end();
            }
        }
    }
}
