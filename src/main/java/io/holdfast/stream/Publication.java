package io.holdfast.stream;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One immutable message of a stream.
 *
 * <p>The payload array is shared between threads and connections and must never be written to.
 *
 * @param offset number in its stream, from 1
 * @param id message id, unique in its stream within the deduplication window
 * @param payload UTF-8 bytes of one compact JSON value (no raw line breaks), or an {@link OpaquePayload}
 * @param tags the publisher's tags, without those that the server adds on the wire
 * @param publishedAtMillis wall-clock milliseconds since 1970
 * @param expiresAtMillis wall-clock milliseconds from which on nobody gets it; {@link #NEVER} if it does not expire
 * @param publisher the client that published it; null if a publisher with an API key or the application published it
 */
public record Publication(
        long offset,
        String id,
        byte[] payload,
        Map<String, String> tags,
        long publishedAtMillis,
        long expiresAtMillis,
        @Nullable Publisher publisher) {

    /** Expiry of a publication that does not expire. */
    public static final long NEVER = Long.MAX_VALUE;

    public Publication {
        requireNonNull(id, "id");
        requireNonNull(payload, "payload");
        tags = Map.copyOf(tags);
    }

    /** A publication that no client published. */
    public Publication(
            long offset,
            String id,
            byte[] payload,
            Map<String, String> tags,
            long publishedAtMillis,
            long expiresAtMillis) {
        this(offset, id, payload, tags, publishedAtMillis, expiresAtMillis, null);
    }

    /** When a publication expires, in milliseconds like the moment from which it lives. @param ttl zero for no expiry */
    public static long expiry(long fromMillis, Duration ttl) {
        return ttl.isZero() ? NEVER : fromMillis + ttl.toMillis();
    }

    public boolean expired(long nowMillis) {
        return expiresAtMillis <= nowMillis;
    }
}
