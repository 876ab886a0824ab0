package io.holdfast.delivery;

import static java.util.Objects.requireNonNull;

import io.holdfast.stream.Publication;
import java.time.Duration;
import java.util.Map;

/**
 * A message that was checked and will be published later ({@link LaterPublishing}).
 *
 * @param channel the channel; {@code #<client>} is that client's outbox
 * @param id message id
 * @param payload UTF-8 bytes of one compact JSON value, or an {@link io.holdfast.stream.OpaquePayload}; never written to
 * @param tags the publisher's tags
 * @param acceptedAtMillis the time of the call by {@link DeliveryClock#millis}; the time to live begins here
 * @param window an earlier publication with the same id is the same message if it was published at most this long before
 *     the call, or after it
 * @param ttl time to live; {@link Duration#ZERO} for no expiry
 */
public record LaterMessage(
        String channel,
        String id,
        byte[] payload,
        Map<String, String> tags,
        long acceptedAtMillis,
        Duration window,
        Duration ttl) {
    public LaterMessage {
        requireNonNull(channel, "channel");
        requireNonNull(id, "id");
        requireNonNull(payload, "payload");
        requireNonNull(window, "window");
        requireNonNull(ttl, "ttl");
        tags = Map.copyOf(tags);
    }

    /** When the message expires, by {@link DeliveryClock#millis}, or {@link Publication#NEVER}. */
    public long expiresAtMillis(long nowMillis) {
        return Publication.expiry(acceptedMillis(nowMillis), ttl);
    }

    /** An earlier publication with the same id is the same message if it was published at or after this moment. */
    public long duplicateFromMillis(long nowMillis) {
        return acceptedMillis(nowMillis) - window.toMillis();
    }

    /** The clock of the call may have been wrong, or another node's: a first attempt was not published before "now" then. */
    private long acceptedMillis(long nowMillis) {
        return Math.min(acceptedAtMillis, nowMillis);
    }
}
