package com.example.shop;

import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.transaction.UserTransaction;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * {@code POST /checkout?client=…&order=…} orders; with {@code &steps=…} step by step, as the letters say: {@code b} begins a
 * transaction, {@code i} inserts the order, {@code s} and {@code p} send and publish, {@code r} marks for rollback, {@code c}
 * commits, {@code k} kills the server. {@code GET /checkout?sql=…} answers with the first column of a query.
 */
@WebServlet("/checkout")
public class CheckoutServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Inject
    private transient Checkout checkout;

    @Resource(lookup = "jdbc/shop")
    private transient DataSource database;

    @Resource
    private transient UserTransaction transaction;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        List<String> lines = new ArrayList<>();
        try (Connection connection = database.getConnection();
                Statement select = connection.createStatement();
                ResultSet rows = select.executeQuery(request.getParameter("sql"))) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        } catch (SQLException e) {
            throw new ServletException(e);
        }
        response.getWriter().write(String.join("\n", lines));
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String client = request.getParameter("client");
        String order = request.getParameter("order");
        String steps = request.getParameter("steps");
        try {
            if (steps == null) {
                checkout.order(client, order);
            } else {
                for (char step : steps.toCharArray()) {
                    take(step, client, order);
                }
            }
            response.getWriter().write("ordered");
        } catch (Exception e) {
            rollBack();
            response.getWriter().write(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private void take(char step, String client, String order) throws Exception {
        switch (step) {
            case 'b' -> transaction.begin();
            case 'i' -> checkout.insert(client, order);
            case 's' -> checkout.tellCustomer(client, order);
            case 'p' -> checkout.tellStaff(order);
            case 'r' -> transaction.setRollbackOnly();
            case 'c' -> transaction.commit();
            case 'k' -> {
                new ProcessBuilder(
                                "kill",
                                "-9",
                                String.valueOf(ProcessHandle.current().pid()))
                        .start();
                Thread.sleep(60_000);
            }
            default -> throw new IllegalArgumentException("step " + step);
        }
    }

    private void rollBack() {
        try {
            transaction.rollback();
        } catch (Exception e) {
            log("there is nothing to roll back: " + e.getMessage());
        }
    }
}
