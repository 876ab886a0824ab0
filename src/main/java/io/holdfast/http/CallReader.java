package io.holdfast.http;

import static java.util.Objects.requireNonNull;

import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.SendOptions;
import io.holdfast.json.JsonInput;
import io.holdfast.stream.Version;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one call, in one pass. The first mistake in it is recorded, and reading continues after it, so that the next call of
 * a batch is read too.
 */
final class CallReader implements Binder.Target {
    /** More channels than this in one broadcast are a mistake, or an attack by a short body. */
    static final int MAX_CHANNELS = 10_000;

    private static final Binder<CallReader> SEND = Binder.<CallReader>strict()
            .field("client", (call, in) -> call.targets = one(in.stringOrNull()))
            .field("data", (call, in) -> call.payload = in.raw())
            .field("b64data", (call, in) -> call.bytes = Binder.base64(in, "b64data"))
            .field("id", (call, in) -> call.id = in.stringOrNull())
            .field("ttl", (call, in) -> call.ttl = in.isNull() ? null : ttl(in))
            .field("critical", (call, in) -> call.critical = in.isNull() || in.bool())
            .field("dedup", (call, in) -> call.deduplicate = deduplicate(in.stringOrNull()))
            .field("tags", (call, in) -> call.tags = tags(in));

    private static final Binder<CallReader> PUBLISH =
            compatible().field("channel", (call, in) -> call.targets = one(in.stringOrNull()));

    private static final Binder<CallReader> BROADCAST = compatible().field("channels", (call, in) -> {
        call.targets = new ArrayList<>();
        Binder.strings(in, "channels", call.targets, MAX_CHANNELS);
    });

    private static Binder<CallReader> compatible() {
        return Binder.<CallReader>lenient()
                .field("data", (call, in) -> call.payload = in.raw())
                .field("tags", (call, in) -> call.tags = tags(in))
                .field("idempotency_key", (call, in) -> {
                    String key = in.string();
                    call.id = key.isEmpty() ? null : key;
                })
                .field("skip_history", (call, in) -> call.critical = !in.bool())
                .field("b64data", (call, in) -> call.bytes = Binder.base64(in, "b64data"))
                .field(
                        "version",
                        (call, in) -> call.version = in.isNull() ? 0 : Binder.whole(in, "version", 0, Long.MAX_VALUE))
                .field("version_epoch", (call, in) -> call.versionEpoch = in.string());
    }

    private final Kind kind;
    private final JsonInput in;
    private List<String> targets = List.of();
    private byte @Nullable [] payload;
    private byte @Nullable [] bytes;
    private @Nullable String id;
    private @Nullable Duration ttl;
    private Map<String, String> tags = Map.of();
    private boolean critical = true;
    private Deduplication.Wanted deduplicate = Deduplication.Wanted.CHANNEL;
    private long version;
    private String versionEpoch = "";
    private Call.@Nullable Refused refused;

    private CallReader(Kind kind, JsonInput in) {
        this.kind = kind;
        this.in = in;
    }

    /**
     * Reads the present value and stops at its end.
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
        fields(kind).read(in, this);
        return call();
    }

    private static Binder<CallReader> fields(Kind kind) {
        return switch (kind) {
            case PUBLISH -> PUBLISH;
            case BROADCAST -> BROADCAST;
            case SEND -> SEND;
            default -> throw new IllegalArgumentException(kind + " does not publish");
        };
    }

    private static Map<String, String> tags(JsonInput in) throws IOException {
        if (!in.enterObject()) {
            return Map.of();
        }
        Map<String, String> read = new HashMap<>();
        boolean wrong = false;
        for (String name = in.nextField(); name != null; name = in.nextField()) {
            String value = Binder.textOrNull(in);
            if (value == null || JsonInput.hasLoneSurrogate(name)) {
                wrong = true;
            } else {
                read.put(name, value);
            }
        }
        if (wrong) {
            throw new Binder.Wrong("tags is not a map of strings");
        }
        return read;
    }

    private static Duration ttl(JsonInput in) throws IOException {
        try {
            return Duration.ofMillis(
                    Binder.seconds(in, "ttl", "no expiry").movePointRight(3).longValueExact());
        } catch (ArithmeticException e) {
            throw new Binder.Wrong("ttl must not be finer than a millisecond");
        }
    }

    private static Deduplication.Wanted deduplicate(@Nullable String wanted) throws Binder.Wrong {
        return switch (wanted == null ? "channel" : wanted) {
            case "channel" -> Deduplication.Wanted.CHANNEL;
            case "id" -> Deduplication.Wanted.ID;
            case "content" -> Deduplication.Wanted.CONTENT;
            case "none" -> Deduplication.Wanted.NONE;
            default -> throw new Binder.Wrong("dedup must be channel, id, content or none");
        };
    }

    private static List<String> one(@Nullable String target) {
        return target == null ? List.of() : List.of(target);
    }

    @Override
    public void refuse(String code, String field, String message) {
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
        byte[] data = bytes == null ? payload : bytes;
        if (data == null) {
            refuse("missing_field", "data", "data is required; it may be any JSON value");
        }
        if (refused != null || data == null) {
            return requireNonNull(refused);
        }
        // A library sends 0 for a version that is not set; an epoch alone says nothing.
        Version newer = version == 0 ? null : new Version(version, versionEpoch);
        return new Call.Publishing(
                kind, targets, data, bytes == null, new SendOptions(id, ttl, tags, critical, deduplicate, newer));
    }
}
