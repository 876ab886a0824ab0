package io.holdfast.delivery;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How duplicates of publications are recognised.
 *
 * @param window how long a message id is remembered
 * @param idPointer JSON pointer (RFC 6901) to the message id in payloads, for publications without an id; null for none
 * @param content whether a publication without an id gets one that is the hash of its content: then two equal messages
 *     within the window are stored as one, even if both were intended
 */
public record Deduplication(Duration window, @Nullable String idPointer, boolean content) {

    /** How one call wants duplicates to be recognised. */
    public enum Wanted {
        /** As configured for the channel. */
        CHANNEL,
        /** Only by the id of the call. */
        ID,
        /** By the hash of the content, if the call has no id. */
        CONTENT,
        /** Not at all: the message is stored even if its id is known. */
        NONE
    }
}
