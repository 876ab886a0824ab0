package io.holdfast.transactions;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/** A database with the tables, and transactions that a test begins and ends, as a container would. */
final class ApplicationDatabase {
    private final DataSource source;
    /** What a forwarder meets when it commits. */
    volatile SqlAction beforeCommit = () -> {};

    volatile SqlAction afterCommit = () -> {};
    /** How the application's transactions are isolated where it says nothing else. */
    volatile int isolation = Connection.TRANSACTION_READ_COMMITTED;

    /** Something that may fail as a database does. */
    interface SqlAction {
        void run() throws SQLException;
    }

    ApplicationDatabase(DataSource source) {
        this.source = source;
    }

    void create(String script) throws SQLException, IOException {
        try (InputStream in = Forwarder.class.getResourceAsStream(script);
                Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            String sql = new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^--.*$", "");
            for (String each : sql.split(";", -1)) {
                if (!each.isBlank()) {
                    statement.execute(each);
                }
            }
        }
    }

    Connection connect() throws SQLException {
        return source.getConnection();
    }

    /** The forwarder's. */
    Connection connectHooked() throws SQLException {
        Connection connection = source.getConnection();
        connection.setTransactionIsolation(isolation);
        return proxy(connection, "commit", () -> {
            beforeCommit.run();
            connection.commit();
            afterCommit.run();
        });
    }

    Transaction begin() throws SQLException {
        Connection connection = source.getConnection();
        connection.setAutoCommit(false);
        return new Transaction(connection);
    }

    /** A transaction that a sender takes part in: every connection is the same one, and closing it does nothing. */
    static final class Transaction implements CurrentTransaction {
        private final Connection connection;
        private final Set<Runnable> actions = new LinkedHashSet<>();
        State state = State.ACTIVE;

        Transaction(Connection connection) {
            this.connection = connection;
        }

        Connection connect() {
            return proxy(connection, "close", () -> {});
        }

        @Override
        public State state() {
            return state;
        }

        @Override
        public void afterCommit(Runnable action) {
            actions.add(action);
        }

        void commit() throws SQLException {
            connection.commit();
            connection.close();
            actions.forEach(Runnable::run);
        }

        void rollBack() throws SQLException {
            connection.rollback();
            connection.close();
        }
    }

    List<String> query(String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Connection proxy(Connection connection, String replaced, SqlAction by) {
        return (Connection) Proxy.newProxyInstance(
                ApplicationDatabase.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals(replaced)) {
                        by.run();
                        return null;
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
