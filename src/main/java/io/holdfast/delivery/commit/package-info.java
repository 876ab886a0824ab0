/**
 * From an accepted message to the store, and from there to the channels: the committer, its queue, the hub, the watched way to
 * the engine. Here the parts of delivery are put together.
 *
 * <p>The inner rooms of delivery know each other in one direction only: {@code commit}, {@code push}, {@code outbox}, {@code
 * watch}. What a room needs from one before it is an interface or a function that it takes.
 *
 * <p>Threads: the committer writes to the engine, the hub hands publications to live connections. Callers only validate and
 * enqueue.
 *
 * <p>Lock order. A thread that holds one of these locks takes only locks that stand after it in the list:
 *
 * <ol>
 *   <li>the subscriptions of a connection ({@code Subscriptions.order})
 *   <li>a channel
 *   <li>a subscription
 *   <li>an outbox, with its devices and windows
 *   <li>a send buffer, a breaker, the record of a client
 * </ol>
 *
 * <p>A connection's own lock is taken before all of them. Under the locks of the writer's and the readers' lists no other is
 * taken. None of the five is held while the engine is asked or while a thread waits for another one.
 *
 * <p>The maps of outboxes and channels lock an entry while they compute it, and an entry's computation takes the lock of its
 * outbox or channel. So no entry of these maps is computed under an outbox's or a channel's lock.
 *
 * <p>Start reading at {@link io.holdfast.delivery.commit.Delivery}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.delivery.commit;
