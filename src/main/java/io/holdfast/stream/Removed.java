package io.holdfast.stream;

/**
 * A publication that left its stream before anybody confirmed it.
 *
 * @param stream the channel's name
 * @param offset its number
 * @param id its message id
 * @param state why
 */
public record Removed(String stream, long offset, String id, FinalState state) {}
