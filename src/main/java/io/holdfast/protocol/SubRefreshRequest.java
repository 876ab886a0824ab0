package io.holdfast.protocol;

/** Brings a new subscription token before the old one expires. */
public record SubRefreshRequest(String channel, String token) implements Request {}
