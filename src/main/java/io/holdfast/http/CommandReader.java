package io.holdfast.http;

import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.protocol.CloseCode;
import io.holdfast.protocol.JsonInput;
import io.holdfast.stream.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads one {@link Command}, in one pass. Fields that nobody knows are ignored, as existing libraries expect; those that are
 * known elsewhere and would change what the command means are refused, since to drop them would be to do something else.
 */
final class CommandReader {
    private static final Map<Kind, Map<String, String>> UNSUPPORTED = Map.of(
            Kind.SUBSCRIBE,
            Map.of(
                    "b64info", "what is not JSON cannot be shown; use info",
                    "b64data", "what is not JSON cannot be delivered; use data",
                    "override", "the namespace says what a subscription is like"));

    /** What a field holds that was not set. */
    private static final Set<String> UNSET = Set.of("null", "\"\"", "0", "false", "{}", "[]");

    private static final int LEAST_CLOSE_CODE = 3000;
    private static final int MOST_CLOSE_CODE = 4999;
    private static final int MOST_REASON_BYTES = 123;

    /** As much as a token could bring. */
    private static final int MOST_INFO_BYTES = 8 << 10;

    /** As much as a publication can. */
    private static final int MOST_DATA_BYTES = 60 << 10;

    private final Kind kind;
    private final JsonInput in;
    private String user = "";
    private String channel = "";
    private String connection = "";
    private String session = "";
    private String pattern = "";
    private Set<String> spared = Set.of();
    private byte @Nullable [] info;
    private byte @Nullable [] data;
    private @Nullable Position since;
    private long limit;
    private boolean reverse;
    private boolean expired;
    private long expireAt;
    private Ending ending = new Ending(CloseCode.FORCE_NO_RECONNECT.code(), CloseCode.FORCE_NO_RECONNECT.reason());
    private Call.@Nullable Refused refused;

    private CommandReader(Kind kind, JsonInput in) {
        this.kind = kind;
        this.in = in;
    }

    /**
     * Reads the value at hand and stops at its end.
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
        in.enterObject();
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            try {
                read(field);
            } catch (JsonInput.WrongType e) {
                in.skip();
                refuse(field, field + " is " + e.getMessage());
            }
        }
        Command command = command();
        return refused == null ? new Call.Asking(kind, command) : refused;
    }

    private void read(String field) throws IOException {
        String why = UNSUPPORTED.getOrDefault(kind, Map.of()).get(field);
        if (why != null) {
            if (isSet(in)) {
                refuse(field, field + " is not supported by " + kind.word() + ": " + why);
            }
            return;
        }
        switch (field) {
            case "user" -> user = in.string();
            case "channel" -> channel = in.string();
            case "client" -> connection = in.string();
            case "session" -> session = in.string();
            case "info" -> info = value(field, MOST_INFO_BYTES);
            case "data" -> data = value(field, MOST_DATA_BYTES);
            case "whitelist" -> spared = texts(field);
            case "pattern" -> pattern = in.string();
            case "since", "recover_since" -> since = position(field);
            case "limit" -> limit = number(field, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "reverse" -> reverse = in.bool();
            case "expired" -> expired = in.bool();
            case "expire_at" -> expireAt = number(field, 0, Integer.MAX_VALUE * 1000L);
            case "disconnect" -> ending = ending();
            default -> in.skip();
        }
    }

    /** Reads the value at hand, whatever it is; false for what a library sends for a field that nobody has set. */
    static boolean isSet(JsonInput in) throws IOException {
        boolean scalar = !in.isObject() && !in.isArray();
        String value = new String(in.raw(), StandardCharsets.UTF_8);
        return !UNSET.contains(scalar ? value : value.replace(" ", ""));
    }

    /** Any JSON value; null for {@code null}. */
    private byte @Nullable [] value(String field, int mostBytes) throws IOException {
        if (in.isNull()) {
            return null;
        }
        byte[] value = in.raw();
        if (value.length > mostBytes) {
            refuse(field, field + " must not exceed " + mostBytes + " bytes");
        }
        return value;
    }

    private Set<String> texts(String field) throws IOException {
        if (in.isNull()) {
            return Set.of();
        }
        if (!in.isArray()) {
            throw new JsonInput.WrongType("not an array");
        }
        Set<String> texts = new HashSet<>();
        while (in.nextElement()) {
            try {
                texts.add(in.string());
            } catch (JsonInput.WrongType e) {
                in.skip();
                refuse(field, field + " is not an array of strings");
            }
        }
        return texts;
    }

    private @Nullable Position position(String field) throws IOException {
        if (!in.enterObject()) {
            return null;
        }
        long offset = 0;
        String epoch = "";
        for (String part = in.nextField(); part != null; part = in.nextField()) {
            try {
                switch (part) {
                    case "offset" -> offset = number(field + ".offset", 0, Long.MAX_VALUE);
                    case "epoch" -> epoch = in.string();
                    default -> in.skip();
                }
            } catch (JsonInput.WrongType e) {
                in.skip();
                refuse(field, field + "." + part + " is " + e.getMessage());
            }
        }
        return new Position(epoch, offset);
    }

    private Ending ending() throws IOException {
        if (!in.enterObject()) {
            return ending;
        }
        long code = ending.code();
        String reason = "";
        for (String part = in.nextField(); part != null; part = in.nextField()) {
            try {
                switch (part) {
                    case "code" -> code = number("disconnect.code", LEAST_CLOSE_CODE, MOST_CLOSE_CODE);
                    case "reason" -> reason = in.string();
                    default -> in.skip();
                }
            } catch (JsonInput.WrongType e) {
                in.skip();
                refuse("disconnect", "disconnect." + part + " is " + e.getMessage());
            }
        }
        if (reason.getBytes(StandardCharsets.UTF_8).length > MOST_REASON_BYTES) {
            refuse("disconnect", "disconnect.reason must not exceed " + MOST_REASON_BYTES + " bytes");
        }
        return new Ending((int) code, reason);
    }

    private long number(String field, long least, long most) throws IOException {
        if (in.isNull()) {
            return 0;
        }
        try {
            long number = in.decimal().longValueExact();
            if (number >= least && number <= most) {
                return number;
            }
        } catch (ArithmeticException e) {
            // the same message as for a number out of range
        }
        refuse(field, field + " must be a whole number from " + least + " to " + most);
        return 0;
    }

    private Command command() {
        return switch (kind) {
            case SUBSCRIBE ->
                new Command.Subscribe(addressee(), channel(), new SubscriptionTerms(since, info, data, expiresAt()));
            case UNSUBSCRIBE -> new Command.Unsubscribe(addressee(), channel());
            case DISCONNECT -> new Command.Disconnect(addressee(), spared, ending);
            case REFRESH -> new Command.Refresh(addressee(), expired, expiresAt(), info);
            case PRESENCE -> new Command.Presence(channel());
            case PRESENCE_STATS -> new Command.PresenceStats(channel());
            case HISTORY -> new Command.History(channel(), limit, since, reverse);
            case HISTORY_REMOVE -> new Command.HistoryRemove(channel());
            case CHANNELS -> new Command.Channels(pattern);
            case INFO -> new Command.Info();
            case PUBLISH, BROADCAST, SEND -> throw new IllegalArgumentException(kind + " is no command");
        };
    }

    private Command.Addressee addressee() {
        return new Command.Addressee(
                user(), connection.isEmpty() ? null : connection, session.isEmpty() ? null : session);
    }

    private @Nullable Instant expiresAt() {
        return expireAt == 0 ? null : Instant.ofEpochSecond(expireAt);
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
        if (refused == null) {
            refused = Call.Refused.wrong(kind, "invalid_field", field, message);
        }
    }
}
