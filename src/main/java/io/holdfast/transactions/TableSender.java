package io.holdfast.transactions;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.DeliveryException.Reason;
import io.holdfast.delivery.LaterMessage;
import io.holdfast.delivery.LaterPublishing;
import io.holdfast.delivery.SendOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Writes a row for each message. */
public final class TableSender implements TransactionalSender {
    private static final String HOW = "Set " + TransactionSettings.KEY
            + " to the JNDI name of the application's data source, and create the tables in its database"
            + " (docs/transactions.md)";

    private final TransactionSettings settings;
    private final Database database;
    private final CurrentTransaction transaction;
    private final LaterPublishing publishing;
    private final Runnable wake;
    private final Function<LaterMessage, Outside> look;

    /** What can be seen of a row outside of the transaction that wrote it. */
    enum Outside {
        VISIBLE,
        HIDDEN,
        /** The database did not say. */
        UNKNOWN
    }

    /** Whether a row that had been written was seen not to be committed by itself. */
    private volatile boolean transactional;

    /**
     * @param wake called after each commit of a transaction with messages; one object
     * @param look for the row of a message, outside of the transaction that wrote it
     */
    TableSender(
            TransactionSettings settings,
            Database database,
            CurrentTransaction transaction,
            LaterPublishing publishing,
            Runnable wake,
            Function<LaterMessage, Outside> look) {
        this.settings = settings;
        this.database = database;
        this.transaction = transaction;
        this.publishing = publishing;
        this.wake = wake;
        this.look = look;
    }

    /**
     * The sender of a container.
     *
     * @param registry finds the container's {@code TransactionSynchronizationRegistry}
     * @param forwarder woken after each commit of a transaction with messages
     */
    public static TransactionalSender ofContainer(
            TransactionSettings settings,
            Database database,
            Supplier<Object> registry,
            LaterPublishing publishing,
            Forwarder forwarder) {
        return new TableSender(
                settings, database, new JtaTransaction(registry), publishing, forwarder::wake, forwarder::look);
    }

    @Override
    public String send(String client, String json, SendOptions how) {
        requireTransaction();
        return write(publishing.checkSend(client, json, how));
    }

    @Override
    public String publish(String channel, String json, SendOptions how) {
        requireTransaction();
        return write(publishing.checkPublish(channel, json, how));
    }

    private void requireTransaction() {
        if (!settings.enabled()) {
            throw new IllegalStateException("Messages in transactions are not configured. " + HOW);
        }
        switch (transaction.state()) {
            case ACTIVE -> {}
            case NONE ->
                throw new IllegalStateException("There is no transaction. Call this within one (@Transactional,"
                        + " UserTransaction), or send with ResilientWebSocketManager");
            case CANNOT_COMMIT ->
                throw new IllegalStateException(
                        "The transaction is marked for rollback or is ending, so the message would never be sent");
        }
    }

    private String write(LaterMessage message) {
        try (Connection connection = database.connect()) {
            OutboxTable.insert(connection, message);
            requireTransactional(connection, message);
        } catch (SQLException e) {
            throw new DeliveryException(
                    Reason.UNAVAILABLE,
                    null,
                    "The message could not be written to the table holdfast_outbox of " + settings.dataSource()
                            + "; roll the transaction back. " + HOW,
                    e);
        }
        transaction.afterCommit(wake);
        return message.id();
    }

    /** Once: no question to a connection answers this on every server. */
    private void requireTransactional(Connection connection, LaterMessage message) throws SQLException {
        if (transactional) {
            return;
        }
        switch (look.apply(message)) {
            case HIDDEN -> transactional = true;
            case UNKNOWN -> {} // the next call looks again
            case VISIBLE -> {
                OutboxTable.remove(connection, message);
                throw new IllegalStateException("The data source " + settings.dataSource()
                        + " does not take part in the transaction: the row was committed by itself. Use a data source of"
                        + " the server that is transactional");
            }
        }
    }
}
