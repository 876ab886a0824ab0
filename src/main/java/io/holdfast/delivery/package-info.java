/**
 * The face of delivery: what applications, commands and transports call, what they provide, and the values of these calls. The
 * implementation is in the inner rooms.
 *
 * <p>Threads: methods may be called from any thread, validate, and enqueue.
 *
 * <p>Start reading at {@link io.holdfast.delivery.ResilientWebSocketManager}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.delivery;
