/**
 * The fallback transports, for clients whose network blocks WebSocket: the server sends frames in the body of one long
 * response ({@code /connection/http_stream} or {@code /connection/sse}), the client in requests to {@code /emulation},
 * which find the conversation by its secret session id.
 *
 * <p>Threads: none of its own, and none waits. Container threads bring requests, the writer of delivery brings frames, and
 * the thread that brings something moves the response on as far as it goes. Every two seconds a thread of the container's
 * executor writes into each stream what means nothing, to find the peers that have left.
 *
 * <p>Start reading at {@link io.holdfast.http.fallback.Sessions}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.http.fallback;
