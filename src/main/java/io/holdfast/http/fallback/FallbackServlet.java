package io.holdfast.http.fallback;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What the three addresses have in common: one method, and pages of other origins may read the answer (Fetch standard,
 * section 3.3). Which origins, the handshake filter has decided before.
 */
abstract class FallbackServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** A permission is asked for again after so many seconds. */
    private static final String PERMISSION_SECONDS = "600";

    private final String method;

    FallbackServlet(String method) {
        this.method = method;
    }

    /** The method is right, and pages may read the answer. */
    abstract void answer(HttpServletRequest request, HttpServletResponse response) throws IOException;

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        allow(request, response);
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (request.getMethod().equals(method)) {
            answer(request, response);
        } else if (request.getMethod().equals("OPTIONS")) {
            response.setHeader("Access-Control-Allow-Methods", method);
            response.setHeader("Access-Control-Allow-Headers", "Content-Type");
            response.setHeader("Access-Control-Max-Age", PERMISSION_SECONDS);
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        } else {
            response.setHeader("Allow", method + ", OPTIONS");
            refuse(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "This wants " + method);
        }
    }

    private static void allow(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader("Vary", "Origin");
        String origin = request.getHeader("Origin");
        if (origin != null) {
            response.setHeader("Access-Control-Allow-Origin", origin);
            response.setHeader("Access-Control-Allow-Credentials", "true");
        }
    }

    static void refuse(HttpServletResponse response, int status, String why) throws IOException {
        byte[] text = (why + '\n').getBytes(StandardCharsets.US_ASCII);
        response.setStatus(status);
        response.setContentType("text/plain");
        response.setContentLength(text.length);
        response.setHeader("Cache-Control", "no-store");
        response.getOutputStream().write(text);
    }
}
