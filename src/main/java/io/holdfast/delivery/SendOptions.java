package io.holdfast.delivery;

import io.holdfast.stream.Version;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Options for sending one message.
 *
 * @param id message id for deduplication, at most 128 UTF-8 bytes; null lets the server choose a unique one
 * @param ttl time to live, at least 1 ms; null for the channel's default; {@link Duration#ZERO} for no expiry
 * @param tags up to 16 tags of up to 256 bytes each; {@code id} and {@code expires} are reserved
 * @param deduplicate how duplicates are recognised
 * @param critical false for a message that is not stored, and that is dropped for a connection that is not ready for it
 * @param version of the state that the message carries: the message is stored only if it is newer than the last version of the
 *     channel. Otherwise the receipt is that of a duplicate. Only for critical messages; null for a message that is stored in any case
 */
public record SendOptions(
        @Nullable String id,
        @Nullable Duration ttl,
        Map<String, String> tags,
        boolean critical,
        Deduplication.Wanted deduplicate,
        @Nullable Version version) {

    private static final SendOptions DEFAULTS =
            new SendOptions(null, null, Map.of(), true, Deduplication.Wanted.CHANNEL, null);

    public SendOptions {
        tags = Map.copyOf(tags);
    }

    /** The defaults: an id that the server chooses, the channel's time to live, no tags, critical. */
    public static SendOptions defaults() {
        return DEFAULTS;
    }

    public SendOptions withId(String id) {
        return new SendOptions(id, ttl, tags, critical, deduplicate, version);
    }

    public SendOptions withTtl(Duration ttl) {
        return new SendOptions(id, ttl, tags, critical, deduplicate, version);
    }

    public SendOptions withTags(Map<String, String> tags) {
        return new SendOptions(id, ttl, tags, critical, deduplicate, version);
    }

    public SendOptions nonCritical() {
        return new SendOptions(id, ttl, tags, false, deduplicate, version);
    }

    public SendOptions deduplicatedBy(Deduplication.Wanted wanted) {
        return new SendOptions(id, ttl, tags, critical, wanted, version);
    }

    public SendOptions withVersion(Version version) {
        return new SendOptions(id, ttl, tags, critical, deduplicate, version);
    }
}
