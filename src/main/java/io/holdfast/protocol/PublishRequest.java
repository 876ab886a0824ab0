package io.holdfast.protocol;

/** Publishes to a channel, without message id; {@link PublishCall} is the one with. */
public record PublishRequest(String channel, byte[] data) implements Request {}
