package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The word to the publisher: stored at this position, a duplicate of what is stored there, or (non-critical) passed on
 * to so many connections and stored nowhere.
 *
 * @param id message id
 * @param position where it lies; null for a non-critical message
 * @param duplicate whether an earlier publication with the same id within the window was found; then nothing was stored
 * @param connections to how many connections of this node a non-critical message was handed; 0 for a stored one
 */
public record Receipt(String id, @Nullable Position position, boolean duplicate, int connections) {
    public Receipt {
        requireNonNull(id, "id");
    }

    public static Receipt stored(String id, Position position) {
        return new Receipt(id, position, false, 0);
    }

    public static Receipt duplicate(String id, Position position) {
        return new Receipt(id, position, true, 0);
    }

    public static Receipt passedOn(String id, int connections) {
        return new Receipt(id, null, false, connections);
    }

    /** Whether it was stored, now or (duplicate) before. */
    public boolean stored() {
        return position != null;
    }
}
