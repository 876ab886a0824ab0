package io.holdfast.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A publication in a history, with the same fields as in its push, and always with the server's tags.
 *
 * @param payload one compact JSON value
 * @param expiresAtMillis wall clock; {@link Long#MAX_VALUE} for never
 * @param publisher the client that published it itself; null for none
 */
public record HistoryEntry(
        long offset,
        byte[] payload,
        String id,
        long expiresAtMillis,
        Map<String, String> tags,
        @Nullable ChannelMember publisher) {
    public HistoryEntry {
        tags = Map.copyOf(tags);
    }
}
