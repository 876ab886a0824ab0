/**
 * The WebSocket endpoints: that of clients accepts handshakes, hands frames to {@code commands}, and writes frames for {@code
 * delivery}; that of other nodes hands frames to {@code cluster}. The only importer of {@code jakarta.websocket}.
 */
@org.jspecify.annotations.NullMarked
package io.holdfast.websocket;
