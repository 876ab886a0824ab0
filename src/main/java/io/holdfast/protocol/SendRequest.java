package io.holdfast.protocol;

/** A one-way message to the server, without a reply. The server reads only an {@link Ack} in it. */
public record SendRequest(byte[] data) implements Request {}
