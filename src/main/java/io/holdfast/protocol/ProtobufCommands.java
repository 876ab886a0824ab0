package io.holdfast.protocol;

import io.holdfast.json.JsonInput;
import io.holdfast.json.MalformedJsonException;
import io.holdfast.json.RawJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the commands of one Protobuf frame: the numbers are {@link Field}. Unknown fields are skipped; of
 * a repeated field the last one counts.
 */
final class ProtobufCommands {

    private static final Command PONG = new Command(0, null);

    private final ProtobufInput frame;
    private boolean payloadIsJson;

    ProtobufCommands(byte[] frame) {
        this.frame = new ProtobufInput(frame);
    }

    List<Command> read() throws MalformedFrameException {
        List<Command> commands = new ArrayList<>(2);
        while (!frame.atEnd()) {
            commands.add(command(frame.delimited()));
        }
        return commands;
    }

    private Command command(ProtobufInput in) throws MalformedFrameException {
        if (in.atEnd()) {
            return PONG;
        }
        int id = 0;
        Request request = null;
        int kind = 0;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            if (field == Field.Command.ID) {
                id = in.naturalInteger();
                continue;
            }
            Request found = request(field, in);
            if (found == null) {
                continue;
            }
            if (kind != 0 && kind != field) {
                throw new MalformedFrameException("two requests in one command");
            }
            kind = field;
            request = found;
        }
        return new Command(id, request, request == null || payloadIsJson);
    }

    private @Nullable Request request(int field, ProtobufInput in) throws MalformedFrameException {
        if (field < Field.Command.CONNECT || field > Field.Command.SUB_REFRESH) {
            in.skip();
            return null;
        }
        payloadIsJson = true;
        ProtobufInput message = in.message();
        return switch (field) {
            case Field.Command.CONNECT -> connect(message);
            case Field.Command.SUBSCRIBE -> subscribe(message);
            case Field.Command.UNSUBSCRIBE -> new UnsubscribeRequest(text(message, Field.UnsubscribeRequest.CHANNEL));
            case Field.Command.PUBLISH -> publish(message);
            case Field.Command.PRESENCE -> new PresenceRequest(text(message, Field.PresenceRequest.CHANNEL));
            case Field.Command.PRESENCE_STATS ->
                new PresenceStatsRequest(text(message, Field.PresenceStatsRequest.CHANNEL));
            case Field.Command.HISTORY -> history(message);
            case Field.Command.PING -> ping(message);
            case Field.Command.SEND -> send(message);
            case Field.Command.RPC -> rpc(message);
            case Field.Command.REFRESH -> new RefreshRequest(text(message, Field.RefreshRequest.TOKEN));
            default -> subRefresh(message);
        };
    }

    private Request connect(ProtobufInput in) throws MalformedFrameException {
        String token = null;
        byte[] data = null;
        Map<String, RecoveryRequest> subs = new HashMap<>();
        String name = "";
        String version = "";
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case Field.ConnectRequest.TOKEN -> token = emptyAsNull(in.string());
                case Field.ConnectRequest.DATA -> data = in.bytes();
                case Field.ConnectRequest.SUBS -> position(in.message(), subs);
                case Field.ConnectRequest.NAME -> name = in.string();
                case Field.ConnectRequest.VERSION -> version = in.string();
                default -> in.skip();
            }
        }
        return new ConnectRequest(token, payload(data), subs, name, version);
    }

    /** An entry of the map {@code subs}: the channel, and of its SubscribeRequest where it goes on. */
    private static void position(ProtobufInput in, Map<String, RecoveryRequest> subs) throws MalformedFrameException {
        String channel = "";
        boolean recover = false;
        String epoch = "";
        long offset = 0;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            if (field == Field.Entry.KEY) {
                channel = in.string();
            } else if (field == Field.Entry.VALUE) {
                ProtobufInput value = in.message();
                for (int inner = value.nextField(); inner != 0; inner = value.nextField()) {
                    switch (inner) {
                        case Field.SubscribeRequest.RECOVER -> recover = value.bool();
                        case Field.SubscribeRequest.EPOCH -> epoch = value.string();
                        case Field.SubscribeRequest.OFFSET -> offset = value.naturalLong();
                        default -> value.skip();
                    }
                }
            } else {
                in.skip();
            }
        }
        subs.put(channel, new RecoveryRequest(recover, epoch, offset));
    }

    private Request subscribe(ProtobufInput in) throws MalformedFrameException {
        String channel = "";
        String token = null;
        boolean recover = false;
        String epoch = "";
        long offset = 0;
        byte[] data = null;
        boolean positioned = false;
        boolean recoverable = false;
        boolean joinLeave = false;
        String delta = "";
        int flag = 0;
        int type = 0;
        int phase = 0;
        TagFilter filter = null;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case Field.SubscribeRequest.CHANNEL -> channel = in.string();
                case Field.SubscribeRequest.TOKEN -> token = emptyAsNull(in.string());
                case Field.SubscribeRequest.RECOVER -> recover = in.bool();
                case Field.SubscribeRequest.EPOCH -> epoch = in.string();
                case Field.SubscribeRequest.OFFSET -> offset = in.naturalLong();
                case Field.SubscribeRequest.DATA -> data = in.bytes();
                case Field.SubscribeRequest.POSITIONED -> positioned = in.bool();
                case Field.SubscribeRequest.RECOVERABLE -> recoverable = in.bool();
                case Field.SubscribeRequest.JOIN_LEAVE -> joinLeave = in.bool();
                case Field.SubscribeRequest.DELTA -> delta = in.string();
                case Field.SubscribeRequest.FLAG -> flag = in.integer();
                case Field.SubscribeRequest.TYPE -> type = in.integer();
                case Field.SubscribeRequest.PHASE -> phase = in.integer();
                case Field.SubscribeRequest.TF -> filter = filter(in.message(), 1);
                default -> in.skip();
            }
        }
        return new SubscribeRequest(
                channel,
                token,
                payload(data),
                recover,
                epoch,
                offset,
                positioned,
                recoverable,
                joinLeave,
                flag,
                delta,
                type == 0 ? phase : type,
                filter);
    }

    private static TagFilter filter(ProtobufInput in, int depth) throws MalformedFrameException {
        if (depth > TagFilter.MAX_DEPTH) {
            throw new MalformedFrameException("a filter is too deep");
        }
        String op = "";
        String key = "";
        String cmp = "";
        String val = "";
        List<String> vals = new ArrayList<>();
        List<TagFilter> nodes = new ArrayList<>();
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case Field.FilterNode.OP -> op = in.string();
                case Field.FilterNode.KEY -> key = in.string();
                case Field.FilterNode.CMP -> cmp = in.string();
                case Field.FilterNode.VAL -> val = in.string();
                case Field.FilterNode.VALS -> vals.add(in.string());
                case Field.FilterNode.NODES -> nodes.add(filter(in.message(), depth + 1));
                default -> in.skip();
            }
        }
        return new TagFilter(op, key, cmp, val, vals, nodes);
    }

    private static Request publish(ProtobufInput in) throws MalformedFrameException {
        String channel = "";
        byte[] data = null;
        boolean map = false;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case Field.PublishRequest.CHANNEL -> channel = in.string();
                case Field.PublishRequest.DATA -> data = in.bytes();
                case Field.PublishRequest.TYPE -> map |= in.integer() != 0;
                case Field.PublishRequest.KEY -> map |= !in.string().isEmpty();
                case Field.PublishRequest.REMOVED -> map |= in.bool();
                default -> in.skip();
            }
        }
        if (data == null || data.length == 0) {
            throw new MalformedFrameException("publish without data");
        }
        return new PublishRequest(channel, data, false, map);
    }

    private static Request history(ProtobufInput in) throws MalformedFrameException {
        String channel = "";
        int limit = 0;
        HistoryRequest.Since since = null;
        boolean reverse = false;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case Field.HistoryRequest.CHANNEL -> channel = in.string();
                case Field.HistoryRequest.LIMIT -> limit = in.integer();
                case Field.HistoryRequest.SINCE -> since = since(in.message());
                case Field.HistoryRequest.REVERSE -> reverse = in.bool();
                default -> in.skip();
            }
        }
        return new HistoryRequest(channel, limit, since, reverse);
    }

    private static HistoryRequest.Since since(ProtobufInput in) throws MalformedFrameException {
        long offset = 0;
        String epoch = "";
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case Field.StreamPosition.OFFSET -> offset = in.naturalLong();
                case Field.StreamPosition.EPOCH -> epoch = in.string();
                default -> in.skip();
            }
        }
        return new HistoryRequest.Since(epoch, offset);
    }

    private static Request ping(ProtobufInput in) throws MalformedFrameException {
        while (in.nextField() != 0) {
            in.skip();
        }
        return new PingRequest();
    }

    private Request send(ProtobufInput in) throws MalformedFrameException {
        byte[] data = null;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case Field.SendRequest.DATA -> data = in.bytes();
                default -> in.skip();
            }
        }
        return new SendRequest(absentAsNull(payload(data)));
    }

    private Request rpc(ProtobufInput in) throws MalformedFrameException {
        byte[] data = null;
        String method = "";
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case Field.RpcRequest.DATA -> data = in.bytes();
                case Field.RpcRequest.METHOD -> method = in.string();
                default -> in.skip();
            }
        }
        return new RpcRequest(method, absentAsNull(payload(data)));
    }

    private static Request subRefresh(ProtobufInput in) throws MalformedFrameException {
        String channel = "";
        String token = "";
        int type = 0;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case Field.SubRefreshRequest.CHANNEL -> channel = in.string();
                case Field.SubRefreshRequest.TOKEN -> token = in.string();
                case Field.SubRefreshRequest.TYPE -> type = in.integer();
                default -> in.skip();
            }
        }
        return new SubRefreshRequest(channel, token, type);
    }

    /** A request of one text only: it names a channel or brings a token. */
    private static String text(ProtobufInput in, int number) throws MalformedFrameException {
        String text = "";
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            if (field == number) {
                text = in.string();
            } else {
                in.skip();
            }
        }
        return text;
    }

    /** A payload in one line; null where it is absent, which in proto3 is the same as empty. */
    private byte @Nullable [] payload(byte @Nullable [] data) {
        if (data == null || data.length == 0) {
            return null;
        }
        try {
            return RawJson.compact(data);
        } catch (MalformedJsonException e) {
            payloadIsJson = false;
            return JsonInput.NULL;
        }
    }

    private static byte[] absentAsNull(byte @Nullable [] payload) {
        return payload == null ? JsonInput.NULL : payload;
    }

    private static @Nullable String emptyAsNull(String token) {
        return token.isEmpty() ? null : token;
    }
}
