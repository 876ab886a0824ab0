package io.holdfast.bench.bare;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Reads the body and answers: what a request costs the container. */
@WebServlet("/nothing")
public class Nothing extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.getInputStream().readAllBytes();
        answer(response);
    }

    static void answer(HttpServletResponse response) throws IOException {
        response.setContentType("application/json");
        response.getOutputStream().print("{}");
    }
}
