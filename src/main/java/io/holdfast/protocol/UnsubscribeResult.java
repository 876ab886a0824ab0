package io.holdfast.protocol;

/** Answer to unsubscribe. */
public record UnsubscribeResult() implements Result {}
