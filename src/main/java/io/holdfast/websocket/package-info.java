/** The WebSocket endpoint: accepts handshakes, hands frames to {@code commands}, writes frames for {@code delivery}. The only importer of {@code jakarta.websocket}. */
@org.jspecify.annotations.NullMarked
package io.holdfast.websocket;
