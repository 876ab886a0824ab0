package io.holdfast.http;

import io.holdfast.commands.HandshakeCheck;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Lets a call of the API through, or answers 403: cross-site pages, and in insecure mode all from elsewhere. */
@WebFilter(
        urlPatterns = {"/emulation", "/api/*"},
        asyncSupported = true)
public class OriginFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    // The container requires a public constructor without arguments.
    @Inject
    @SuppressWarnings("NullAway.Init")
    private transient HandshakeCheck check;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (check.mayOpen(
                request.getHeader("Origin"),
                request.getHeader("Host"),
                request.getServerName(),
                request.getServerPort(),
                request.getLocalAddr())) {
            chain.doFilter(request, response);
        } else {
            // Liberty's own page comes for this status, and not what the error page would answer.
            AnswerWriter.write(response, ErrorServlet.answer(HttpServletResponse.SC_FORBIDDEN));
        }
    }
}
