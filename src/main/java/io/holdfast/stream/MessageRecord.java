package io.holdfast.stream;

import org.jspecify.annotations.Nullable;

/**
 * The engine's record of a message, found by its id.
 *
 * @param position where it was stored
 * @param publishedAtMillis when it was published
 * @param finalState why it was removed unconfirmed; null while it is retained, for a confirmed message, and for one that a
 *     channel dropped for newer ones
 * @param finalAtMillis when it reached the final state; 0 if it has none
 */
public record MessageRecord(
        Position position, long publishedAtMillis, @Nullable FinalState finalState, long finalAtMillis) {}
