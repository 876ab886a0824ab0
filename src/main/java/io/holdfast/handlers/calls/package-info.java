/**
 * Runs the calls of handlers: those of one connection in order, all within bounds and a time limit. Threads: handlers run on the
 * threads of the executor that {@code app} gives; a sweep by its scheduler ends what takes too long. Start reading at {@link
 * io.holdfast.handlers.calls.Calls}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.handlers.calls;
