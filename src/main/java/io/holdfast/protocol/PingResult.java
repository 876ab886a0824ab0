package io.holdfast.protocol;

/** Answer to the client's ping. */
public record PingResult() implements Result {}
