/**
 * What applications and back ends answer to clients: the annotations for methods of beans, what such a method receives and
 * returns, and the {@link io.holdfast.handlers.Handlers} that the client protocol asks. Values and annotations only; {@code
 * handlers.beans} finds and calls the methods, {@code handlers.calls} runs calls in order and within bounds. Start reading at
 * {@link io.holdfast.handlers.OnRpc} and {@link io.holdfast.handlers.Handler}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.handlers;
