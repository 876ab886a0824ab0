package io.holdfast.delivery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How publications of a channel are recognised as repeated.
 *
 * @param window for how long a message id is remembered
 * @param idPointer JSON pointer (RFC 6901) to the message id in payloads, for publications that name none; null for none
 * @param content whether a publication without an id gets one that is the hash of its content: then two equal messages
 *     within the window are one, also where both were meant
 */
public record Deduplication(Duration window, @Nullable String idPointer, boolean content) {

    /** What one call may want instead of what its channel does. */
    public enum Wanted {
        /** What the channel does. */
        CHANNEL,
        /** Only by the id that the call names. */
        ID,
        /** By the hash of the content, where the call names no id. */
        CONTENT,
        /** Not at all: it is stored even if its id is known. */
        NONE
    }
}
