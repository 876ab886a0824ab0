package io.holdfast.protocol;

/** A ping by the client, with a reply. Not the pong, which is a {@link Command} without request. */
public record PingRequest() implements Request {}
