package io.holdfast.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.MappingMatch;
import java.io.IOException;

/** Answers 404 for paths without a page. Otherwise the container would write half a kilobyte of log for each of them. */
@WebFilter(urlPatterns = "/*", asyncSupported = true)
public class MissingPages extends HttpFilter {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        // No servlet stands behind a page, nor behind a WebSocket.
        boolean page = request.getHttpServletMapping().getMappingMatch() == MappingMatch.DEFAULT
                && request.getHeader("Upgrade") == null;
        if (page && getServletContext().getResource(path(request)) == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        } else {
            chain.doFilter(request, response);
        }
    }

    /** Below the context root, whatever part of it the container takes for the servlet's. */
    static String path(HttpServletRequest request) {
        String rest = request.getPathInfo();
        return rest == null ? request.getServletPath() : request.getServletPath() + rest;
    }
}
