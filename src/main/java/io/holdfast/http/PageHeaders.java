package io.holdfast.http;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;

/**
 * Tells browsers what the demo page and the dashboard may do: they may load from and connect to this server, and may not be
 * framed. Pages can only be read.
 */
@WebFilter(
        urlPatterns = {"/", "/admin/*", "*.html", "*.js", "*.css", "*.svg"},
        dispatcherTypes = {DispatcherType.REQUEST, DispatcherType.FORWARD},
        asyncSupported = true)
public class PageHeaders extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final Set<String> READING = Set.of("GET", "HEAD");

    /** The client for pages, which those of other origins load too: for a module a browser asks whether they may. */
    private static final String MODULE = "/holdfast.js";

    private static final String DASHBOARD = "/admin";

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        response.setHeader("Content-Security-Policy", POLICY);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cache-Control", "no-cache");
        String path = MissingPages.path(request);
        if (path.equals(MODULE)) {
            response.setHeader("Access-Control-Allow-Origin", "*");
        }
        boolean reads = READING.contains(request.getMethod());
        if (reads && path.equals(DASHBOARD)) {
            // The container's own redirect would name the scheme and host that it sees, behind a proxy the wrong ones.
            response.setStatus(HttpServletResponse.SC_FOUND);
            response.setHeader("Location", "admin/");
        } else if (reads) {
            chain.doFilter(request, response);
        } else { // the container would answer 200 with the page
            response.setHeader("Allow", "GET, HEAD");
            response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        }
    }
}
