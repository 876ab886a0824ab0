package io.holdfast.protocol;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The data of {@code rpc "publish"}: a publish with the options that the publish command lacks.
 *
 * @param data one compact JSON value
 * @param id message id for deduplication
 * @param ttl null for the channel's default, zero for no expiry; in JSON a number of seconds, to the millisecond
 */
public record PublishCall(
        String channel, byte[] data, @Nullable String id, @Nullable Duration ttl, Map<String, String> tags) {

    public PublishCall {
        tags = Map.copyOf(tags);
    }

    /** Reads <code>{"channel":…,"data":…,"id":…,"ttl":…,"tags":{…}}</code>; unknown fields are refused. */
    public static PublishCall parse(byte[] data) throws InvalidFieldException {
        throw new UnsupportedOperationException();
    }
}
