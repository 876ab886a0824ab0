package io.holdfast.cluster;

import io.holdfast.delivery.Ending;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.json.JsonInput;
import io.holdfast.stream.Position;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a {@link Change}: the fields of all kinds, of which each kind uses its own. */
final class ChangeReader {
    private String what = "";
    private String client = "";
    private String connection = "";
    private String channel = "";
    private boolean since;
    private long offset;
    private String epoch = "";
    private byte @Nullable [] info;
    private byte @Nullable [] data;
    private long expiresAt;
    private @Nullable Boolean announced;
    private @Nullable Boolean told;
    private int code;
    private String reason = "";
    private final Set<String> spared = new HashSet<>();

    private ChangeReader() {}

    /** @throws IOException if it is not a change that this version knows */
    static Change read(byte[] question) throws IOException {
        return Question.object(question, in -> new ChangeReader().read(in));
    }

    private Change read(JsonInput in) throws IOException {
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "do" -> what = in.string();
                case "client" -> client = in.string();
                case "connection" -> connection = in.string();
                case "channel" -> channel = in.string();
                case "since" -> since = in.bool();
                case "offset" -> offset = in.naturalLong();
                case "epoch" -> epoch = in.string();
                case "info" -> info = in.raw();
                case "data" -> data = in.raw();
                case "expires_at" -> expiresAt = in.naturalLong();
                case "announced" -> announced = in.bool();
                case "told" -> told = in.bool();
                case "code" -> code = in.integer();
                case "reason" -> reason = in.string();
                case "spared" -> spared(in);
                default -> in.skip();
            }
        }
        return change();
    }

    private void spared(JsonInput in) throws IOException {
        if (!in.isArray()) {
            throw new JsonInput.WrongType("not an array");
        }
        while (in.nextElement()) {
            spared.add(in.string());
        }
    }

    private Change change() throws IOException {
        @Nullable String only = connection.isEmpty() ? null : connection;
        @Nullable Instant expires = expiresAt == 0 ? null : Instant.ofEpochMilli(expiresAt);
        return switch (what) {
            case "subscribe" ->
                new Change.Subscribe(
                        client,
                        only,
                        channel,
                        new SubscriptionTerms(
                                since ? new Position(epoch, offset) : null, info, data, expires, announced, told));
            case "unsubscribe" -> new Change.Unsubscribe(client, only, channel, code, reason);
            case "disconnect" -> new Change.Disconnect(client, only, spared, new Ending(code, reason));
            case "refresh" -> new Change.Refresh(client, only, expires, info);
            case "reset_breakers" -> new Change.ResetBreakers(client);
            default -> throw new JsonInput.WrongType("not a change that this version knows");
        };
    }
}
