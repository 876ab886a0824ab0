/**
 * Back ends that answer clients over HTTP, where no bean of an application does. Threads: a call holds the thread of its handler
 * until the back end has answered; the client for HTTP works on the executor that {@code app} gives it. Start reading at {@link
 * io.holdfast.handlers.backend.Backends}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.handlers.backend;
