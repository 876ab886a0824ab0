package com.example.shop;

import jakarta.inject.Inject;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * {@code POST /carts?id=…&client=…[&busy=times][&guarded]} fills one; {@code GET /carts} shows those that customers see,
 * {@code GET /carts?calls} what was done to them.
 */
@WebServlet("/carts")
public class CartServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Inject
    private transient CartStore carts;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.getWriter()
                .write(String.join("\n", request.getParameter("calls") == null ? carts.shown() : carts.calls()));
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) {
        String id = request.getParameter("id");
        if (request.getParameter("busy") != null) {
            carts.busy(id, Integer.parseInt(request.getParameter("busy")));
        }
        if (request.getParameter("guarded") != null) {
            carts.guard(id);
        }
        carts.use(id, request.getParameter("client"));
    }
}
