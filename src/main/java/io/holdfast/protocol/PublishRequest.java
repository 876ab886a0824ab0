package io.holdfast.protocol;

/** Publishes to a channel without a message id. {@link PublishCall} has a message id. */
public record PublishRequest(String channel, byte[] data) implements Request {}
