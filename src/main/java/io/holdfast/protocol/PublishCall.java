package io.holdfast.protocol;

import io.holdfast.json.JsonInput;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The data of {@code rpc "publish"}: a publish with the options that the publish command lacks.
 *
 * @param data one compact JSON value
 * @param id message id for deduplication; null lets the server choose one
 * @param ttl null for the channel's default, zero for no expiry; in JSON a number of seconds, to the millisecond
 */
public record PublishCall(
        String channel,
        byte[] data,
        @Nullable String id,
        @Nullable Duration ttl,
        Map<String, String> tags) {

    /** Ten years of 365 days: more is a mistake in the unit. */
    private static final BigDecimal MAX_TTL_SECONDS = BigDecimal.valueOf(10L * 365 * 24 * 3600);

    public PublishCall {
        tags = Map.copyOf(tags);
    }

    /**
     * Reads <code>{"channel":…,"data":…,"id":…,"ttl":…,"tags":{…}}</code>. Channel and data are required; a field that
     * is not known is refused, since an option that is misspelt must not be lost in silence.
     */
    public static PublishCall parse(byte[] data) throws InvalidFieldException {
        Fields fields = new Fields();
        if (!PayloadObject.read(data, fields::read)) {
            throw new InvalidFieldException("", "the data of publish is an object");
        }
        if (fields.channel == null) {
            throw PayloadObject.required("channel");
        }
        if (fields.data == null) {
            throw PayloadObject.required("data");
        }
        return new PublishCall(fields.channel, fields.data, fields.id, fields.ttl, fields.tags);
    }

    private static final class Fields {
        private @Nullable String channel;
        private byte @Nullable [] data;
        private @Nullable String id;
        private @Nullable Duration ttl;
        private Map<String, String> tags = Map.of();

        void read(String field, JsonInput in) throws IOException, InvalidFieldException {
            switch (field) {
                case "channel" -> channel = in.stringOrNull();
                case "data" -> data = in.raw();
                case "id" -> id = in.stringOrNull();
                case "ttl" -> ttl = in.isNull() ? null : duration(in.decimal());
                case "tags" -> tags = in.strings();
                default -> throw new InvalidFieldException(field, "is not known");
            }
        }

        private static Duration duration(BigDecimal seconds) throws InvalidFieldException {
            if (seconds.signum() < 0 || seconds.compareTo(MAX_TTL_SECONDS) > 0) {
                throw new InvalidFieldException("ttl", "must be from 0 to " + MAX_TTL_SECONDS + " seconds");
            }
            try {
                return Duration.ofMillis(seconds.movePointRight(3).longValueExact());
            } catch (ArithmeticException e) {
                throw new InvalidFieldException("ttl", "must not be finer than a millisecond");
            }
        }
    }
}
