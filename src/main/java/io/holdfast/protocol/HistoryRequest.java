package io.holdfast.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Reads publications of a channel's stream.
 *
 * @param limit of publications: 0 for the position only, negative for no limit
 * @param since only those after this position, or before it in reverse
 */
public record HistoryRequest(
        String channel, int limit, @Nullable Since since, boolean reverse) implements Request {

    /** A position in the stream. */
    public record Since(String epoch, long offset) {}
}
