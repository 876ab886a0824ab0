package io.holdfast.delivery.commit;

import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.LaterMessage;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.OutsideTime;
import io.holdfast.delivery.SendOptions;
import io.holdfast.stream.OpaquePayload;
import io.holdfast.stream.Publisher;
import io.holdfast.stream.Version;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Everything that can be wrong with one publication, checked before it is enqueued so that it cannot fail a batch. */
final class Validation {
    static final int MAX_ID_BYTES = 128;
    static final int MAX_TAGS = 16;
    static final int MAX_TAG_BYTES = 256;
    static final Duration MAX_TTL = OutsideTime.LONGEST;

    private final int maxPublicationBytes;
    private final Predicate<String> anyPayload;

    /** @param anyPayload whether the payloads of a channel need not be JSON */
    Validation(int maxPublicationBytes, Predicate<String> anyPayload) {
        this.maxPublicationBytes = maxPublicationBytes;
        this.anyPayload = anyPayload;
    }

    void client(String client) {
        name("client", client, Names.MAX_CLIENT_BYTES);
        if (!Names.isClient(client)) {
            throw unseen("client");
        }
    }

    void channel(String channel) {
        name("channel", channel, Names.MAX_CHANNEL_BYTES);
        if (!Names.isChannel(channel)) {
            throw unseen("channel");
        }
        if (channel.equals(Names.outbox(""))) {
            throw DeliveryException.invalid("channel", "channel: '#' must be followed by a client id");
        }
    }

    /** One that is nobody's outbox. */
    void ordinaryChannel(String channel) {
        channel(channel);
        if (Names.isOutbox(channel)) {
            throw DeliveryException.invalid("channel", "channel: this call does not support outboxes");
        }
    }

    /**
     * @param publisher the client that publishes; null if it is none. It takes nothing away from what may be said
     * @return what the publication takes in the store, in bytes
     */
    int message(String stream, byte[] payload, SendOptions how, @Nullable Publisher publisher) {
        if (OpaquePayload.is(payload) && !anyPayload.test(stream)) {
            throw DeliveryException.invalid(
                    "data", "data must be JSON; other payloads need the option payload=any of their namespace");
        }
        int bytes = payload.length;
        String id = how.id();
        if (id != null) {
            name("id", id, MAX_ID_BYTES);
            bytes += utf8Length(id);
        }
        Duration ttl = how.ttl();
        if (ttl != null && (ttl.isNegative() || ttl.compareTo(MAX_TTL) > 0)) {
            throw DeliveryException.invalid(
                    "ttl", "ttl must be between 0 (no expiry) and " + MAX_TTL.toDays() + " days");
        }
        if (ttl != null && !ttl.isZero() && ttl.toMillis() == 0) {
            throw DeliveryException.invalid("ttl", "ttl must be 0 (no expiry) or at least one millisecond");
        }
        bytes += tags(how.tags());
        version(how);
        if (payload.length == 0) {
            throw DeliveryException.invalid("data", "data must be one JSON value");
        }
        if (bytes > maxPublicationBytes) {
            throw new DeliveryException(
                    DeliveryException.Reason.TOO_LARGE,
                    "data",
                    "data with tags and id must not exceed " + maxPublicationBytes + " bytes, has " + bytes,
                    null);
        }
        return publisher == null ? bytes : bytes + publisher.bytes();
    }

    private static void version(SendOptions how) {
        Version version = how.version();
        if (version == null) {
            return;
        }
        if (!how.critical()) {
            throw DeliveryException.invalid(
                    "version", "version: the last version is kept with what is stored, so the message must be stored");
        }
        if (utf8Length(version.epoch()) > MAX_ID_BYTES) {
            throw DeliveryException.invalid(
                    "version_epoch", "version_epoch must not exceed " + MAX_ID_BYTES + " bytes");
        }
    }

    /** What a message that waits elsewhere cannot be, since it may have to be given again. */
    void later(SendOptions options) {
        if (!options.critical()) {
            throw DeliveryException.invalid(
                    "critical", "critical: a message in a transaction is stored, so it cannot be non-critical");
        }
        if (options.version() != null) {
            throw DeliveryException.invalid("version", "version: a message in a transaction cannot have one");
        }
        if (options.id() != null && options.deduplicate() == Deduplication.Wanted.NONE) {
            throw DeliveryException.invalid(
                    "id",
                    "id: a message in a transaction is recognised by its id; leave out the id or the option NONE");
        }
    }

    /**
     * One that was checked before and comes back from elsewhere; the limits may have changed. Its id may be the server's, which takes
     * nothing away from what may be said.
     *
     * @return what it takes in the store, in bytes
     */
    int again(LaterMessage message) {
        channel(message.channel());
        name("id", message.id(), MAX_ID_BYTES);
        return message(
                message.channel(), message.payload(), SendOptions.defaults().withTags(message.tags()), null);
    }

    /** Whether a text found in a payload can serve as message id. */
    boolean mayBeId(String text) {
        try {
            name("id", text, MAX_ID_BYTES);
            return true;
        } catch (DeliveryException e) {
            return false;
        }
    }

    private static int tags(Map<String, String> tags) {
        if (tags.size() > MAX_TAGS) {
            throw DeliveryException.invalid("tags", "tags: at most " + MAX_TAGS + " are allowed");
        }
        int bytes = 0;
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            if (tag.getKey().equals("id") || tag.getKey().equals("expires")) {
                throw DeliveryException.invalid("tags", "tags: 'id' and 'expires' are reserved for the server");
            }
            int length = utf8Length(tag.getKey()) + utf8Length(tag.getValue());
            if (length > MAX_TAG_BYTES) {
                throw DeliveryException.invalid(
                        "tags", "tags: a name and its value must not exceed " + MAX_TAG_BYTES + " bytes");
            }
            bytes += length;
        }
        return bytes;
    }

    /** It is valid otherwise: then nobody could connect under it, or subscribe to it. */
    private static DeliveryException unseen(String field) {
        return DeliveryException.invalid(
                field, field + " must not contain invisible characters (zero-width, bidirectional, line separators)");
    }

    private static void name(String field, @Nullable String value, int maxBytes) {
        if (value == null || value.isEmpty()) {
            throw DeliveryException.invalid(field, field + " must not be empty");
        }
        if (utf8Length(value) > maxBytes) {
            throw DeliveryException.invalid(field, field + " must not exceed " + maxBytes + " bytes of UTF-8");
        }
        int point;
        for (int i = 0; i < value.length(); i += Character.charCount(point)) {
            point = value.codePointAt(i);
            // A code point that is a surrogate stands alone; in UTF-8 all of those would be the same name.
            if (Character.isISOControl(point)
                    || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
                throw DeliveryException.invalid(
                        field, field + " must not contain control characters or halves of surrogate pairs");
            }
        }
    }

    private static int utf8Length(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return text.getBytes(StandardCharsets.UTF_8).length;
            }
        }
        return text.length();
    }
}
