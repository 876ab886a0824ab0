package io.holdfast.stream;

/**
 * A publication that was removed from its stream before a device confirmed it.
 *
 * @param stream the channel's name
 * @param offset its number
 * @param id its message id
 * @param state why it was removed
 */
public record Removed(String stream, long offset, String id, FinalState state) {}
