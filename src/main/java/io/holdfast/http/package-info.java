/**
 * The server API for publishers, {@code /api/*}: Centrifugo's shape for publish, broadcast and batch, ours for send,
 * message and stats.
 *
 * <p>Threads: container threads read bodies as they come, without waiting for slow ones, and hand publications to the
 * manager; the thread that completes the last receipt of a request writes its answer.
 *
 * <p>Start reading at {@link io.holdfast.http.ApiServlet}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.http;
