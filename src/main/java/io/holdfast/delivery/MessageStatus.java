package io.holdfast.delivery;

import io.holdfast.stream.Position;

/**
 * The status of a message to a client.
 *
 * @param publishedAtMillis when it was accepted, wall-clock milliseconds
 */
public record MessageStatus(String client, String id, MessageState state, Position position, long publishedAtMillis) {}
