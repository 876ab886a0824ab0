/**
 * The face of delivery: what applications, commands and transports call, what they provide, and the values in between. The
 * machinery lies in the rooms behind it.
 *
 * <p>Threads: methods may be called from any thread, validate, and enqueue.
 *
 * <p>Start reading at {@link io.holdfast.delivery.ResilientWebSocketManager}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.delivery;
