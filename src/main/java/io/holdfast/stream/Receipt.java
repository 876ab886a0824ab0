package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The answer to the publisher: the message is stored at this position, an earlier one stands for it, or (non-critical) it was handed
 * to some connections and not stored.
 *
 * @param id message id
 * @param position the position of the message; null for a non-critical message
 * @param duplicate whether nothing was stored because there is an earlier publication with the same id within the window, whose
 *     position it is, or one with the same or a newer version; then the position is that of the newest publication
 * @param connections the number of connections of this node that a non-critical message was handed to; 0 for a stored one
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

    /** Whether the message is stored, by this call or (duplicate) by an earlier one. */
    public boolean stored() {
        return position != null;
    }
}
