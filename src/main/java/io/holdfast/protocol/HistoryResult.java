package io.holdfast.protocol;

import java.util.List;

/**
 * Answer to history.
 *
 * @param epoch of the stream
 * @param offset of its newest publication
 */
public record HistoryResult(String epoch, long offset, List<HistoryEntry> publications) implements Result {
    public HistoryResult {
        publications = List.copyOf(publications);
    }
}
