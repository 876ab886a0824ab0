package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

/**
 * A place in a stream: after the publication with this {@code offset}.
 *
 * @param epoch random name of one life of the stream; offsets of different epochs cannot be compared
 * @param offset number of a publication, counted from 1; 0 is the place before the first
 */
public record Position(String epoch, long offset) {
    public Position {
        requireNonNull(epoch, "epoch");
        if (offset < 0) {
            throw new IllegalArgumentException("offset must not be negative: " + offset);
        }
    }
}
