/**
 * The outboxes of clients: devices and their cursors, what is confirmed, how many publications may be under way, breakers,
 * and messages on which a device fails, up to the dead-letter list.
 *
 * <p>Threads: none of its own. Connections and the committer call in. What an outbox needs of a connection is {@link
 * io.holdfast.delivery.outbox.Line}.
 *
 * <p>Start reading at {@link io.holdfast.delivery.outbox.Outbox}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.delivery.outbox;
