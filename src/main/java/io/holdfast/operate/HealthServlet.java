package io.holdfast.operate;

import io.holdfast.delivery.WallClock;
import jakarta.inject.Inject;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code GET /health/websocket}: 200 with the report if healthy, 503 with it if not. Reached only by a forward: of the little
 * web application {@code health.war}, since MicroProfile Health owns {@code /health}, or of an application with Holdfast in it.
 */
@WebServlet("/websocket-health")
public class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final String METHODS = "GET, HEAD, OPTIONS";

    private final transient GatewaySnapshots snapshots;
    private final transient HealthSettings settings;
    private final transient WallClock wall;

    @Inject
    HealthServlet(GatewaySnapshots snapshots, HealthSettings settings, WallClock wall) {
        this.snapshots = snapshots;
        this.settings = settings;
        this.wall = wall;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getDispatcherType() != DispatcherType.FORWARD) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        allowOrigin(request, response);
        switch (request.getMethod()) {
            case "GET", "HEAD" -> report(response);
            case "OPTIONS" -> {
                response.setHeader("Access-Control-Allow-Methods", METHODS);
                response.setHeader("Access-Control-Allow-Headers", "*");
                response.setHeader("Access-Control-Max-Age", "3600");
                response.setHeader("Allow", METHODS);
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            }
            default -> {
                response.setHeader("Allow", METHODS);
                response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            }
        }
    }

    private void allowOrigin(HttpServletRequest request, HttpServletResponse response) {
        List<String> origins = settings.origins();
        if (origins.contains(HealthSettings.ANY)) {
            response.setHeader("Access-Control-Allow-Origin", HealthSettings.ANY);
            return;
        }
        response.addHeader("Vary", "Origin");
        String origin = request.getHeader("Origin");
        if (origin != null && origins.contains(origin)) {
            response.setHeader("Access-Control-Allow-Origin", origin);
        }
    }

    private void report(HttpServletResponse response) throws IOException {
        HealthReport report = HealthReport.of(snapshots.latest(), settings, wall.now());
        byte[] body = report.json().getBytes(StandardCharsets.UTF_8);
        response.setStatus(
                report.status() == Verdict.Status.HEALTHY
                        ? HttpServletResponse.SC_OK
                        : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
