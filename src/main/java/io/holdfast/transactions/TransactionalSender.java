package io.holdfast.transactions;

import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.SendOptions;

/**
 * Sends messages within the current JTA transaction. An application injects this bean. Each call writes one row into the
 * table {@code holdfast_outbox} of the application's database. Clients get the message if the transaction commits, and
 * only then: once, after the commit, in the order of the commits (docs/transactions.md).
 *
 * <p>Arguments and bounds are those of {@link ResilientWebSocketManager}. A call that is wrong fails at once. A message
 * cannot be {@linkplain SendOptions#nonCritical() non-critical}. Its time to live begins with the call.
 *
 * <p>Any thread with a transaction may call these methods. They wait for the database and not for the message store, which may
 * even be down. All of them return the message id, and throw:
 *
 * <ul>
 *   <li>{@link DeliveryException} if something is wrong with the message, or UNAVAILABLE if the row could not be written
 *   <li>{@link IllegalStateException} if there is no transaction, if it can only be rolled back, if no data source is
 *       configured, or if the data source does not take part in the transaction (seen at the first call)
 * </ul>
 */
public interface TransactionalSender {

    /** Sends a message to a client, with the default options. @param json one JSON value */
    default String send(String client, String json) {
        return send(client, json, SendOptions.defaults());
    }

    /** Sends a message to a client: stored in its outbox, for all of its devices. @param json one JSON value */
    String send(String client, String json, SendOptions how);

    /** Publishes to a channel, with the default options. @param json one JSON value */
    default String publish(String channel, String json) {
        return publish(channel, json, SendOptions.defaults());
    }

    /** Publishes to a channel; {@code #<client>} is that client's outbox. @param json one JSON value */
    String publish(String channel, String json, SendOptions how);
}
