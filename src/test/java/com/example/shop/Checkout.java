package com.example.shop;

import io.holdfast.delivery.SendOptions;
import io.holdfast.transactions.TransactionalSender;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

@ApplicationScoped
public class Checkout {
    @Resource(lookup = "jdbc/shop")
    DataSource database;

    @Inject
    TransactionalSender sender;

    /** The order and its messages: all of them or nothing. */
    @Transactional(rollbackOn = SQLException.class)
    public void order(String client, String order) throws SQLException {
        insert(client, order);
        tellCustomer(client, order);
        tellStaff(order);
    }

    void insert(String client, String order) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO orders (id, client) VALUES (?, ?)")) {
            insert.setString(1, order);
            insert.setString(2, client);
            insert.executeUpdate();
        }
    }

    void tellCustomer(String client, String order) {
        sender.send(
                client,
                "{\"ordered\":\"" + order + "\"}",
                SendOptions.defaults().withId("ordered-" + order));
    }

    void tellStaff(String order) {
        sender.publish("orders", "{\"order\":\"" + order + "\"}");
    }
}
