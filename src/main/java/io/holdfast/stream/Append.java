package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to store one publication at the end of a stream.
 *
 * @param stream the channel's name, at most 255 UTF-8 bytes
 * @param id message id, at most 128 UTF-8 bytes
 * @param payload UTF-8 bytes of one compact JSON value, or an {@link OpaquePayload}; never written to
 * @param tags the publisher's tags
 * @param publishedAtMillis wall-clock milliseconds; the same at every attempt
 * @param expiresAtMillis wall-clock milliseconds, or {@link Publication#NEVER}
 * @param deduplicateFromMillis an earlier publication with the same id counts as the same message if it was published
 *     at or after this moment; {@link #NO_EARLIER} if none does
 * @param retention bounds of the stream, applied together with this append
 * @param publisher the client that publishes; null if no client does. For a duplicate, the publisher of the first one stays
 * @param version it is stored only if this is newer than the last version of the stream; null for one that is stored in any case
 */
public record Append(
        String stream,
        String id,
        byte[] payload,
        Map<String, String> tags,
        long publishedAtMillis,
        long expiresAtMillis,
        long deduplicateFromMillis,
        Retention retention,
        @Nullable Publisher publisher,
        @Nullable Version version) {

    /**
     * Of an append that is stored whatever was published with its id, or whose id is new for certain. The engine need not look
     * for an earlier one; a repetition of the batch is recognised all the same.
     */
    public static final long NO_EARLIER = Long.MAX_VALUE;

    public Append {
        requireNonNull(stream, "stream");
        requireNonNull(id, "id");
        requireNonNull(payload, "payload");
        requireNonNull(retention, "retention");
        tags = Map.copyOf(tags);
    }

    /** An append that no client publishes, and that has no version. */
    public Append(
            String stream,
            String id,
            byte[] payload,
            Map<String, String> tags,
            long publishedAtMillis,
            long expiresAtMillis,
            long deduplicateFromMillis,
            Retention retention) {
        this(
                stream,
                id,
                payload,
                tags,
                publishedAtMillis,
                expiresAtMillis,
                deduplicateFromMillis,
                retention,
                null,
                null);
    }

    /** Whether two batches have the same objects, not equal ones: an equal append is another publisher's duplicate. */
    public static boolean same(List<Append> batch, List<Append> other) {
        if (other.size() != batch.size()) {
            return false;
        }
        for (int i = 0; i < batch.size(); i++) {
            if (batch.get(i) != other.get(i)) {
                return false;
            }
        }
        return true;
    }
}
