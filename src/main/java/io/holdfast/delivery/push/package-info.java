/**
 * The way from a stored publication to the sockets: channels, subscriptions, connections with their send buffers, the writer,
 * the readers for connections that are behind, and the drain.
 *
 * <p>Threads: the writer writes frames, the readers fetch pages, the closers close. Everything else is called by the
 * transports, the hub and the ticker.
 *
 * <p>Start reading at {@link io.holdfast.delivery.push.OpenConnection} and {@link io.holdfast.delivery.push.Channel}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.delivery.push;
