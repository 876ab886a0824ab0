package io.holdfast.stream;

/**
 * A publication that was removed from its stream before a device confirmed it. Of those that are dropped for newer ones,
 * only those of outboxes are reported.
 *
 * @param stream the channel's name
 * @param offset its number
 * @param id its message id
 * @param state why it was removed
 */
public record Removed(String stream, long offset, String id, FinalState state) {}
