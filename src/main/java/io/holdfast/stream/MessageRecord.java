package io.holdfast.stream;

import org.jspecify.annotations.Nullable;

/**
 * What the engine knows of a message by its id.
 *
 * @param position where it was stored
 * @param publishedAtMillis when
 * @param finalState why it left unconfirmed; null while it is retained or once it was confirmed
 * @param finalAtMillis when it reached that state; 0 while it has none
 */
public record MessageRecord(
        Position position, long publishedAtMillis, @Nullable FinalState finalState, long finalAtMillis) {}
