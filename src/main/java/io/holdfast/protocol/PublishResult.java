package io.holdfast.protocol;

/** Answer to publish: it is stored. */
public record PublishResult() implements Result {}
