package io.holdfast.protocol;

/** A call with a reply: {@code ack} ({@link Ack}) and {@code publish} ({@link PublishCall}) are ours. */
public record RpcRequest(String method, byte[] data) implements Request {}
