package io.holdfast.bench.bare;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Publishes the body. */
@WebServlet("/publish")
public class Publish extends HttpServlet {
    private static final long serialVersionUID = 1;

    /** To see whether the server is up. */
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.getOutputStream().print("{}");
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Sockets.publish(new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        response.setContentType("application/json");
        response.getOutputStream().print("{}");
    }
}
