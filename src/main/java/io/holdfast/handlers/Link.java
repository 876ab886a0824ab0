package io.holdfast.handlers;

/**
 * How a client is connected.
 *
 * @param transport {@code websocket}, {@code http_stream} or {@code sse}
 * @param protocol of its frames: {@code json} or {@code protobuf}
 */
public record Link(String transport, String protocol) {}
