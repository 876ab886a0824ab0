package io.holdfast.protocol;

/** A one-way message to the server; there is no reply. {@link Ack} is what we understand in it. */
public record SendRequest(byte[] data) implements Request {}
