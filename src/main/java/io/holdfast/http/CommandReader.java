package io.holdfast.http;

import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.OutsideTime;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.json.JsonInput;
import io.holdfast.protocol.CloseCode;
import io.holdfast.protocol.PayloadContent;
import io.holdfast.stream.Position;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one {@link Command}, in one pass. Unknown fields are ignored, as existing libraries expect; those that are
 * known elsewhere and would change what the command means are refused, since to drop them would be to do something else.
 */
final class CommandReader implements Binder.Target {
    private static final int LEAST_CLOSE_CODE = 3000;
    private static final int MOST_CLOSE_CODE = 4999;
    private static final int MOST_REASON_BYTES = 123;

    /** As much as a token could bring. */
    private static final int MOST_INFO_BYTES = 8 << 10;

    /** As much as a publication can. */
    private static final int MOST_DATA_BYTES = 60 << 10;

    private static final Binder<CommandReader> POSITION = Binder.<CommandReader>lenient()
            .field("offset", (command, in) -> command.offset = number(in, command.path + "offset", 0, Long.MAX_VALUE))
            .field("epoch", (command, in) -> command.epoch = in.string());

    private static final Binder<CommandReader> DISCONNECT = Binder.<CommandReader>lenient()
            .field(
                    "code",
                    (command, in) -> command.code = number(in, "disconnect.code", LEAST_CLOSE_CODE, MOST_CLOSE_CODE))
            .field("reason", (command, in) -> command.reason = in.string());

    private static final Binder<CommandReader> FIELDS = Binder.<CommandReader>lenient()
            .field("user", (command, in) -> command.user = in.string())
            .field("channel", (command, in) -> command.channel = in.string())
            .field("client", (command, in) -> command.connection = in.string())
            .field("session", (command, in) -> command.session = in.string())
            .field("info", (command, in) -> command.info = value(in, "info", MOST_INFO_BYTES))
            .field("data", (command, in) -> command.data = value(in, "data", MOST_DATA_BYTES))
            .optional("whitelist", (command, in) -> {
                command.spared = new HashSet<>();
                Binder.strings(in, "whitelist", command.spared, Integer.MAX_VALUE);
            })
            .field("pattern", (command, in) -> command.pattern = in.string())
            .field("after", (command, in) -> command.after = in.string())
            .field("since", (command, in) -> command.since = command.position(in, "since."))
            .field("recover_since", (command, in) -> command.since = command.position(in, "recover_since."))
            .field("limit", (command, in) -> command.limit = number(in, "limit", Integer.MIN_VALUE, Integer.MAX_VALUE))
            .field("reverse", (command, in) -> command.reverse = in.bool())
            .field("expired", (command, in) -> command.expired = in.bool())
            .field("expire_at", (command, in) -> command.expireAt = moment(in, "expire_at"))
            .optional("disconnect", (command, in) -> command.ending = command.ending(in))
            .unsupported("label_filter", "any call: connections have no labels")
            .unsupported("all_users", "any call: name one client in user");

    /** An option that is not known could change what the call means. */
    private static final Binder<CommandReader> OVERRIDE = Binder.<CommandReader>strict()
            .optional("join_leave", (command, in) -> command.announced = command.flag(in, "override.join_leave."))
            .optional(
                    "force_push_join_leave",
                    (command, in) -> command.told = command.flag(in, "override.force_push_join_leave."))
            .optional("presence", (command, in) -> command.always(in, "override.presence"))
            .optional("force_recovery", (command, in) -> command.always(in, "override.force_recovery"))
            .optional("force_positioning", (command, in) -> command.always(in, "override.force_positioning"));

    /** The schema's wrapper, by which a library can say false. */
    private static final Binder<CommandReader> FLAG =
            Binder.<CommandReader>lenient().field("value", (command, in) -> command.flag = in.bool());

    private static final Binder<CommandReader> SUBSCRIBE = FIELDS.copy()
            .field("b64info", (command, in) -> command.base64Info = base64(in, "b64info", MOST_INFO_BYTES))
            .field("b64data", (command, in) -> command.base64Data = base64(in, "b64data", MOST_DATA_BYTES))
            .optional("override", (command, in) -> OVERRIDE.read(in, command, "override."));

    private final Kind kind;
    private final JsonInput in;
    private String path = "";
    private long offset;
    private String epoch = "";
    private long code;
    private String reason = "";
    private String user = "";
    private String channel = "";
    private String connection = "";
    private String session = "";
    private String pattern = "";
    private String after = "";
    private Set<String> spared = Set.of();
    private byte @Nullable [] info;
    private byte @Nullable [] data;
    private byte @Nullable [] base64Info;
    private byte @Nullable [] base64Data;
    private @Nullable Position since;
    private boolean flag;
    private @Nullable Boolean announced;
    private @Nullable Boolean told;
    private long limit;
    private boolean reverse;
    private boolean expired;
    private @Nullable Instant expireAt;
    private Ending ending = new Ending(CloseCode.FORCE_NO_RECONNECT.code(), CloseCode.FORCE_NO_RECONNECT.reason());
    private Call.@Nullable Refused refused;

    private CommandReader(Kind kind, JsonInput in) {
        this.kind = kind;
        this.in = in;
    }

    /**
     * Reads the present value and stops at its end.
     *
     * @throws IOException if it is not JSON
     */
    static Call read(Kind kind, JsonInput in) throws IOException {
        return new CommandReader(kind, in).read();
    }

    private Call read() throws IOException {
        if (!in.isObject()) {
            in.skip();
            return Call.Refused.wrong(kind, "invalid_field", "", kind.word() + " must be an object");
        }
        (kind == Kind.SUBSCRIBE ? SUBSCRIBE : FIELDS).read(in, this);
        info = base64Info == null ? info : base64Info;
        data = base64Data == null ? data : base64Data;
        Command command = command();
        return refused == null ? new Call.CommandCall(kind, command) : refused;
    }

    /** Any JSON value; null for {@code null}. */
    private static byte @Nullable [] value(JsonInput in, String field, int mostBytes) throws IOException {
        if (in.isNull()) {
            return null;
        }
        byte[] value = in.raw();
        if (value.length > mostBytes) {
            throw new Binder.Wrong(field + " must not exceed " + mostBytes + " bytes");
        }
        return value;
    }

    /** JSON in base64, which the client gets as JSON; null if the field is empty. */
    private static byte @Nullable [] base64(JsonInput in, String field, int mostBytes) throws IOException {
        byte[] bytes = Binder.base64(in, field);
        if (bytes == null) {
            return null;
        }
        byte[] json = PayloadContent.json(bytes);
        if (json == null || json.length > mostBytes) {
            throw new Binder.Wrong(field + " must be JSON of at most " + mostBytes + " bytes, in base64");
        }
        return json;
    }

    private @Nullable Position position(JsonInput in, String within) throws IOException {
        if (in.isNull()) {
            return null;
        }
        path = within;
        offset = 0;
        epoch = "";
        POSITION.read(in, this, within);
        return new Position(epoch, offset);
    }

    private boolean flag(JsonInput in, String within) throws IOException {
        flag = false;
        FLAG.read(in, this, within);
        return flag;
    }

    /** What every subscription of this kind is cannot be switched off. */
    private void always(JsonInput in, String field) throws IOException {
        if (!flag(in, field + ".")) {
            throw new Binder.Wrong(field + " cannot be false: every subscription that the server makes has it");
        }
    }

    private Ending ending(JsonInput in) throws IOException {
        code = ending.code();
        reason = "";
        DISCONNECT.read(in, this, "disconnect.");
        if (reason.getBytes(StandardCharsets.UTF_8).length > MOST_REASON_BYTES) {
            throw new Binder.Wrong("disconnect.reason must not exceed " + MOST_REASON_BYTES + " bytes");
        }
        return new Ending((int) code, reason);
    }

    private static long number(JsonInput in, String field, long least, long most) throws IOException {
        return in.isNull() ? 0 : Binder.whole(in, field, least, most);
    }

    /** Seconds since 1970; null for 0, which stands for no end. However far ahead it is, it counts. */
    private static @Nullable Instant moment(JsonInput in, String field) throws IOException {
        BigDecimal seconds = in.isNull() ? BigDecimal.ZERO : in.decimal();
        if (seconds.signum() < 0 || (seconds.signum() > 0 && seconds.compareTo(BigDecimal.ONE) < 0)) {
            throw new Binder.Wrong(field + " must be 0 (no end) or seconds since 1970");
        }
        return seconds.signum() == 0 ? null : Instant.ofEpochMilli(OutsideTime.millis(seconds));
    }

    private Command command() {
        return switch (kind) {
            case SUBSCRIBE ->
                new Command.Subscribe(
                        addressee(), channel(), new SubscriptionTerms(since, info, data, expireAt, announced, told));
            case UNSUBSCRIBE -> new Command.Unsubscribe(addressee(), channel());
            case DISCONNECT -> new Command.Disconnect(addressee(), spared, ending);
            case REFRESH -> new Command.Refresh(addressee(), expired, expireAt, info);
            case PRESENCE -> new Command.Presence(channel(), part());
            case PRESENCE_STATS -> new Command.PresenceStats(channel());
            case HISTORY -> new Command.History(channel(), limit, since, reverse);
            case HISTORY_REMOVE -> new Command.HistoryRemove(channel());
            case CHANNELS -> new Command.Channels(pattern, part());
            case INFO -> new Command.Info();
            case PUBLISH, BROADCAST, SEND -> throw new IllegalArgumentException(kind + " is not a command");
        };
    }

    /** Of a list that may be long. */
    private PagedJson.Part part() {
        if (limit < 0) {
            refuse("limit", "limit must be 0 (all, where that fits into one answer) or the size of a page");
        }
        return new PagedJson.Part((int) limit, after);
    }

    private Command.Addressee addressee() {
        return new Command.Addressee(
                user(), connection.isEmpty() ? null : connection, session.isEmpty() ? null : session);
    }

    private String user() {
        if (!Names.isClient(user)) {
            refuse(
                    "user",
                    user.isEmpty()
                            ? "user is required"
                            : "user must be at most " + Names.MAX_CLIENT_BYTES
                                    + " bytes of UTF-8 without control characters");
        }
        return user;
    }

    private String channel() {
        if (!Names.isChannel(channel)) {
            refuse(
                    "channel",
                    channel.isEmpty()
                            ? "channel is required"
                            : "channel must be at most " + Names.MAX_CHANNEL_BYTES
                                    + " bytes of UTF-8 without control characters");
        }
        return channel;
    }

    private void refuse(String field, String message) {
        refuse("invalid_field", field, message);
    }

    @Override
    public void refuse(String code, String field, String message) {
        if (refused == null) {
            refused = Call.Refused.wrong(kind, code, field, message);
        }
    }
}
