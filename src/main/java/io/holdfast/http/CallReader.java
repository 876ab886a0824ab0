package io.holdfast.http;

import static java.util.Objects.requireNonNull;

import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.SendOptions;
import io.holdfast.protocol.JsonInput;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one call, in one pass. What is wrong in it is noted (the first counts) and reading goes on behind it, so that
 * the next call of a batch is read all the same.
 */
final class CallReader {
    /** More channels than this in one broadcast are a mistake, or an attack by a short body. */
    static final int MAX_CHANNELS = 10_000;

    /** Ten years of 365 days: more is a mistake in the unit. */
    private static final BigDecimal MAX_TTL_SECONDS = BigDecimal.valueOf(10L * 365 * 24 * 3600);

    /** Of the compatible shape; to ignore them would change what the call means. */
    private static final Set<String> UNSUPPORTED = Set.of("b64data", "version");

    private final Kind kind;
    private final JsonInput in;
    private List<String> targets = List.of();
    private byte @Nullable [] payload;
    private @Nullable String id;
    private @Nullable Duration ttl;
    private Map<String, String> tags = Map.of();
    private boolean critical = true;
    private Deduplication.Wanted deduplicate = Deduplication.Wanted.CHANNEL;
    private Call.@Nullable Refused refused;

    private CallReader(Kind kind, JsonInput in) {
        this.kind = kind;
        this.in = in;
    }

    /**
     * Reads the value at hand and stops at its end.
     *
     * @throws IOException if it is not JSON
     */
    static Call read(Kind kind, JsonInput in) throws IOException {
        return new CallReader(kind, in).read();
    }

    private Call read() throws IOException {
        if (!in.isObject()) {
            in.skip();
            return Call.Refused.wrong(kind, "invalid_field", "", kind.word() + " must be an object");
        }
        in.enterObject();
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            read(field);
        }
        return call();
    }

    private void read(String field) throws IOException {
        try {
            switch (field) {
                case "data" -> payload = in.raw();
                case "tags" -> tags = tags();
                default -> {
                    if (kind.strict()) {
                        readOurs(field);
                    } else {
                        readCompatible(field);
                    }
                }
            }
        } catch (JsonInput.WrongType e) {
            in.skip();
            refuse("invalid_field", field, field + " is " + e.getMessage());
        }
    }

    private void readOurs(String field) throws IOException {
        switch (field) {
            case "client" -> targets = one(in.stringOrNull());
            case "id" -> id = in.stringOrNull();
            case "ttl" -> ttl = in.isNull() ? null : duration(in.decimal());
            case "critical" -> critical = in.isNull() || in.bool();
            case "dedup" -> deduplicate = deduplicate(in.stringOrNull());
            default -> {
                in.skip();
                refuse(
                        "unknown_field",
                        field,
                        "This field is not known; known are client, data, id, ttl, critical, dedup, tags");
            }
        }
    }

    private void readCompatible(String field) throws IOException {
        if (field.equals("idempotency_key")) {
            String key = in.string();
            id = key.isEmpty() ? null : key;
        } else if (field.equals("channel") && kind == Kind.PUBLISH) {
            targets = one(in.stringOrNull());
        } else if (field.equals("channels") && kind == Kind.BROADCAST) {
            targets = channels();
        } else if (field.equals("skip_history")) {
            critical = !in.bool();
        } else if (UNSUPPORTED.contains(field)) {
            if (CommandReader.isSet(in)) {
                refuse("invalid_field", field, field + " is not supported by " + kind.word());
            }
        } else {
            in.skip();
        }
    }

    private List<String> channels() throws IOException {
        if (!in.isArray()) {
            throw new JsonInput.WrongType("not an array");
        }
        List<String> channels = new ArrayList<>();
        while (in.nextElement()) {
            String channel = textOrNull();
            if (channel == null) {
                refuse("invalid_field", "channels", "channels is not an array of strings");
            } else if (channels.size() < MAX_CHANNELS) {
                channels.add(channel);
            } else {
                refuse("invalid_field", "channels", "channels must not be more than " + MAX_CHANNELS);
            }
        }
        return channels;
    }

    private Map<String, String> tags() throws IOException {
        if (!in.enterObject()) {
            return Map.of();
        }
        Map<String, String> read = new HashMap<>();
        for (String name = in.nextField(); name != null; name = in.nextField()) {
            String value = textOrNull();
            if (value == null || JsonInput.hasLoneSurrogate(name)) {
                refuse("invalid_field", "tags", "tags is not a map of strings");
            } else {
                read.put(name, value);
            }
        }
        return read;
    }

    /** The string at hand; null, and behind it, if it is something else. */
    private @Nullable String textOrNull() throws IOException {
        try {
            return in.stringOrNull();
        } catch (JsonInput.WrongType e) {
            in.skip();
            return null;
        }
    }

    private @Nullable Duration duration(BigDecimal seconds) {
        if (seconds.signum() < 0 || seconds.compareTo(MAX_TTL_SECONDS) > 0) {
            refuse("invalid_field", "ttl", "ttl must be from 0 (no expiry) to " + MAX_TTL_SECONDS + " seconds");
            return null;
        }
        try {
            return Duration.ofMillis(seconds.movePointRight(3).longValueExact());
        } catch (ArithmeticException e) {
            refuse("invalid_field", "ttl", "ttl must not be finer than a millisecond");
            return null;
        }
    }

    private Deduplication.Wanted deduplicate(@Nullable String wanted) {
        switch (wanted == null ? "channel" : wanted) {
            case "channel" -> {
                return Deduplication.Wanted.CHANNEL;
            }
            case "id" -> {
                return Deduplication.Wanted.ID;
            }
            case "content" -> {
                return Deduplication.Wanted.CONTENT;
            }
            case "none" -> {
                return Deduplication.Wanted.NONE;
            }
            default -> {
                refuse("invalid_field", "dedup", "dedup must be channel, id, content or none");
                return Deduplication.Wanted.CHANNEL;
            }
        }
    }

    private static List<String> one(@Nullable String target) {
        return target == null ? List.of() : List.of(target);
    }

    private void refuse(String code, String field, String message) {
        if (refused == null) {
            refused = Call.Refused.wrong(kind, code, field, message);
        }
    }

    private Call call() {
        if (targets.isEmpty()) {
            String field = switch (kind) {
                case PUBLISH -> "channel";
                case BROADCAST -> "channels";
                case SEND -> "client";
                default -> throw new IllegalArgumentException(kind + " does not publish");
            };
            refuse("missing_field", field, field + " is required");
        }
        byte[] data = payload;
        if (data == null) {
            refuse("missing_field", "data", "data is required; it may be any JSON value");
        }
        if (refused != null || data == null) {
            return requireNonNull(refused);
        }
        return new Call.Publishing(kind, targets, data, new SendOptions(id, ttl, tags, critical, deduplicate));
    }
}
