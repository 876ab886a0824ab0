package io.holdfast.protocol;

/** Brings a new connection token before the old one expires. */
public record RefreshRequest(String token) implements Request {}
