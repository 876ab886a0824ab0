package io.holdfast.delivery.outbox;

/** What an outbox remembers of a message that was handed to a connection. */
public record HandedMessage(String id, long publishedAtMillis) {}
