package com.example.shop;

import io.holdfast.stream.Receipt;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code POST /orders?client=…&order=…} ships one; {@code GET /orders} shows the diary. */
@WebServlet("/orders")
public class ShopServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Inject
    private transient Orders orders;

    @Inject
    private transient Diary diary;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.getWriter().write(String.join("\n", diary.lines()));
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        try {
            Receipt receipt = orders.shipped(request.getParameter("client"), request.getParameter("order"))
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            response.getWriter().write(receipt.duplicate() ? "sent before" : "sent");
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new ServletException(e);
        }
    }
}
