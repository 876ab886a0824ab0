package io.holdfast.transactions;

import io.holdfast.delivery.commit.Gateway;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Locale;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * What a message adds to a transaction that inserts one row: blocks without and with a message alternate, on one connection. Then
 * the same while the rows are forwarded. The argument is a directory for an H2 database, which writes at each commit.
 */
public final class TransactionCost {
    private static final int BLOCKS = 30;
    private static final int WARM_UP = 10;
    private static final int TRANSACTIONS = 300;
    private static final String PAYLOAD = '"' + "x".repeat(200) + '"';

    private final ApplicationDatabase database;
    private final Gateway gateway = new Gateway();
    private final Forwarder forwarder;
    private int order;

    private TransactionCost(DataSource source) throws Exception {
        database = new ApplicationDatabase(source);
        database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, client VARCHAR(64))");
        forwarder = new Forwarder(
                new TransactionSettings("jdbc"), database::connect, gateway.manager, gateway.clock, Runnable::run);
    }

    public static void main(String[] arguments) throws Exception {
        JdbcConnectionPool pool =
                JdbcConnectionPool.create("jdbc:h2:file:" + arguments[0] + "/cost;WRITE_DELAY=0", "sa", "");
        TransactionCost cost = new TransactionCost(pool);
        cost.database.create("h2.sql");
        cost.run(pool);
        pool.dispose();
    }

    private void run(DataSource source) throws Exception {
        double[] without = new double[BLOCKS];
        double[] with = new double[BLOCKS];
        double[] forwarding = new double[BLOCKS];
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            for (int block = 0; block < WARM_UP + BLOCKS; block++) {
                double plain = block(connection, false);
                double message = block(connection, true);
                long start = System.nanoTime();
                forwarder.wake();
                double forwarded = (System.nanoTime() - start) / 1e3 / TRANSACTIONS;
                if (block >= WARM_UP) {
                    without[block - WARM_UP] = plain;
                    with[block - WARM_UP] = message;
                    forwarding[block - WARM_UP] = forwarded;
                }
            }
        }
        double plain = median(without);
        double message = median(with);
        System.out.printf(
                Locale.ROOT,
                "one row: %.0f us; with a message: %.0f us; ratio %.2f, %.0f us more; forwarding a row: %.0f us%n",
                plain,
                message,
                message / plain,
                message - plain,
                median(forwarding));
        gateway.close();
    }

    /** @return microseconds a transaction */
    private double block(Connection connection, boolean message) throws SQLException {
        ApplicationDatabase.Transaction transaction = new ApplicationDatabase.Transaction(connection);
        TransactionalSender sender = new TableSender(
                new TransactionSettings("jdbc"), transaction::connect, transaction, gateway.manager, () -> {}, row -> TableSender.Outside.HIDDEN);
        long start = System.nanoTime();
        for (int i = 0; i < TRANSACTIONS; i++) {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO orders VALUES (?, ?)")) {
                insert.setInt(1, ++order);
                insert.setString(2, "client");
                insert.executeUpdate();
            }
            if (message) {
                sender.send("c" + i % 100, PAYLOAD);
            }
            connection.commit();
        }
        return (System.nanoTime() - start) / 1e3 / TRANSACTIONS;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
