package io.holdfast.protocol;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the commands of one Protobuf frame: the numbers are those of {@code client.proto}. Unknown fields are skipped; of
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
            if (field == 1) {
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
        if (field < 4 || field > 15) {
            in.skip();
            return null;
        }
        payloadIsJson = true;
        ProtobufInput message = in.message();
        return switch (field) {
            case 4 -> connect(message);
            case 5 -> subscribe(message);
            case 6 -> new UnsubscribeRequest(onlyText(message));
            case 7 -> publish(message);
            case 8 -> new PresenceRequest(onlyText(message));
            case 9 -> new PresenceStatsRequest(onlyText(message));
            case 10 -> history(message);
            case 11 -> ping(message);
            case 12 -> send(message);
            case 13 -> rpc(message);
            case 14 -> new RefreshRequest(onlyText(message));
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
                case 1 -> token = emptyAsNull(in.string());
                case 2 -> data = in.bytes();
                case 3 -> position(in.message(), subs);
                case 4 -> name = in.string();
                case 5 -> version = in.string();
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
            if (field == 1) {
                channel = in.string();
            } else if (field == 2) {
                ProtobufInput value = in.message();
                for (int inner = value.nextField(); inner != 0; inner = value.nextField()) {
                    switch (inner) {
                        case 3 -> recover = value.bool();
                        case 6 -> epoch = value.string();
                        case 7 -> offset = value.naturalLong();
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
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 1 -> channel = in.string();
                case 2 -> token = emptyAsNull(in.string());
                case 3 -> recover = in.bool();
                case 6 -> epoch = in.string();
                case 7 -> offset = in.naturalLong();
                case 8 -> data = in.bytes();
                case 9 -> positioned = in.bool();
                case 10 -> recoverable = in.bool();
                case 11 -> joinLeave = in.bool();
                case 12 -> delta = in.string();
                case 14 -> flag = in.integer();
                case 15 -> type = in.integer();
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
                type);
    }

    private Request publish(ProtobufInput in) throws MalformedFrameException {
        String channel = "";
        byte[] data = null;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 1 -> channel = in.string();
                case 2 -> data = in.bytes();
                default -> in.skip();
            }
        }
        byte[] payload = payload(data);
        if (payload == null) {
            throw new MalformedFrameException("publish without data");
        }
        return new PublishRequest(channel, payload);
    }

    private static Request history(ProtobufInput in) throws MalformedFrameException {
        String channel = "";
        int limit = 0;
        HistoryRequest.Since since = null;
        boolean reverse = false;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 1 -> channel = in.string();
                case 7 -> limit = in.integer();
                case 8 -> since = since(in.message());
                case 9 -> reverse = in.bool();
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
                case 1 -> offset = in.naturalLong();
                case 2 -> epoch = in.string();
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
                case 1 -> data = in.bytes();
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
                case 1 -> data = in.bytes();
                case 2 -> method = in.string();
                default -> in.skip();
            }
        }
        return new RpcRequest(method, absentAsNull(payload(data)));
    }

    private static Request subRefresh(ProtobufInput in) throws MalformedFrameException {
        String channel = "";
        String token = "";
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 1 -> channel = in.string();
                case 2 -> token = in.string();
                default -> in.skip();
            }
        }
        return new SubRefreshRequest(channel, token);
    }

    /** The only field, number 1, of a request that names a channel or brings a token. */
    private static String onlyText(ProtobufInput in) throws MalformedFrameException {
        String text = "";
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 1 -> text = in.string();
                default -> in.skip();
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
