package io.holdfast.protocol;

import io.holdfast.json.JsonInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the commands of one JSON frame. Unknown fields are skipped; of a repeated field the last one counts. */
final class JsonCommands {

    private final JsonInput in;

    JsonCommands(JsonInput in) {
        this.in = in;
    }

    List<Command> read() throws IOException {
        List<Command> commands = new ArrayList<>(2);
        while (in.nextValue()) {
            if (!in.enterObject()) {
                throw new JsonInput.WrongType("null instead of a command");
            }
            commands.add(command());
        }
        return commands;
    }

    private Command command() throws IOException {
        int id = 0;
        Request request = null;
        String kind = null;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            if (field.equals("id")) {
                id = in.naturalInteger();
                continue;
            }
            Request found = request(field);
            if (found == null) {
                continue;
            }
            if (kind != null && !kind.equals(field)) {
                throw new JsonInput.WrongType("two requests in one command");
            }
            kind = field;
            request = found;
        }
        return new Command(id, request);
    }

    private @Nullable Request request(String field) throws IOException {
        return switch (field) {
            case "connect" -> in.enterObject() ? connect() : null;
            case "subscribe" -> in.enterObject() ? subscribe() : null;
            case "unsubscribe" -> in.enterObject() ? new UnsubscribeRequest(onlyChannel()) : null;
            case "publish" -> in.enterObject() ? publish() : null;
            case "presence" -> in.enterObject() ? new PresenceRequest(onlyChannel()) : null;
            case "presence_stats" -> in.enterObject() ? new PresenceStatsRequest(onlyChannel()) : null;
            case "history" -> in.enterObject() ? history() : null;
            case "send" -> in.enterObject() ? send() : null;
            case "rpc" -> in.enterObject() ? rpc() : null;
            case "refresh" -> in.enterObject() ? refresh() : null;
            case "sub_refresh" -> in.enterObject() ? subRefresh() : null;
            case "ping" -> in.enterObject() ? ping() : null;
            default -> {
                in.skip();
                yield null;
            }
        };
    }

    private Request connect() throws IOException {
        String token = null;
        byte[] data = null;
        Map<String, RecoveryRequest> subs = Map.of();
        String name = "";
        String version = "";
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "token" -> token = emptyAsNull(in.stringOrNull());
                case "data" -> data = in.raw();
                case "subs" -> subs = in.enterObject() ? positions() : Map.of();
                case "name" -> name = in.string();
                case "version" -> version = in.string();
                default -> in.skip();
            }
        }
        return new ConnectRequest(token, data, subs, name, version);
    }

    private Map<String, RecoveryRequest> positions() throws IOException {
        Map<String, RecoveryRequest> positions = new HashMap<>();
        for (String channel = in.nextField(); channel != null; channel = in.nextField()) {
            if (JsonInput.hasLoneSurrogate(channel)) {
                throw new JsonInput.WrongType("a lone surrogate");
            }
            if (in.enterObject()) {
                positions.put(channel, position());
            }
        }
        return positions;
    }

    private RecoveryRequest position() throws IOException {
        boolean recover = false;
        String epoch = "";
        long offset = 0;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "recover" -> recover = in.bool();
                case "epoch" -> epoch = in.string();
                case "offset" -> offset = in.naturalLong();
                default -> in.skip();
            }
        }
        return new RecoveryRequest(recover, epoch, offset);
    }

    private Request subscribe() throws IOException {
        String channel = "";
        String token = null;
        byte[] data = null;
        boolean recover = false;
        String epoch = "";
        long offset = 0;
        boolean positioned = false;
        boolean recoverable = false;
        boolean joinLeave = false;
        int flag = 0;
        String delta = "";
        int type = 0;
        int phase = 0;
        TagFilter filter = null;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "channel" -> channel = in.string();
                case "token" -> token = emptyAsNull(in.stringOrNull());
                case "data" -> data = in.raw();
                case "recover" -> recover = in.bool();
                case "epoch" -> epoch = in.string();
                case "offset" -> offset = in.naturalLong();
                case "positioned" -> positioned = in.bool();
                case "recoverable" -> recoverable = in.bool();
                case "join_leave" -> joinLeave = in.bool();
                case "flag" -> flag = in.integer();
                case "delta" -> delta = in.string();
                case "type" -> type = in.integer();
                case "phase" -> phase = in.integer();
                case "tf" -> filter = in.enterObject() ? filter() : null;
                default -> in.skip();
            }
        }
        return new SubscribeRequest(
                channel,
                token,
                data,
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

    private TagFilter filter() throws IOException {
        String op = "";
        String key = "";
        String cmp = "";
        String val = "";
        List<String> vals = new ArrayList<>();
        List<TagFilter> nodes = new ArrayList<>();
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "op" -> op = in.string();
                case "key" -> key = in.string();
                case "cmp" -> cmp = in.string();
                case "val" -> val = in.string();
                case "vals" -> each(() -> vals.add(in.string()));
                case "nodes" ->
                    each(() -> {
                        if (in.enterObject()) {
                            nodes.add(filter());
                        }
                    });
                default -> in.skip();
            }
        }
        return new TagFilter(op, key, cmp, val, vals, nodes);
    }

    private interface Element {
        void read() throws IOException;
    }

    /** Reads the elements of the present array. */
    private void each(Element element) throws IOException {
        if (in.isNull()) {
            return;
        }
        if (!in.isArray()) {
            throw new JsonInput.WrongType("not an array");
        }
        while (in.nextElement()) {
            element.read();
        }
    }

    private Request publish() throws IOException {
        String channel = "";
        byte[] data = null;
        boolean map = false;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "channel" -> channel = in.string();
                case "data" -> data = in.raw();
                case "type" -> map |= in.integer() != 0;
                case "key" -> map |= !in.string().isEmpty();
                case "removed" -> map |= in.bool();
                default -> in.skip();
            }
        }
        if (data == null) {
            throw new JsonInput.WrongType("publish without data");
        }
        return new PublishRequest(channel, data, true, map);
    }

    private Request history() throws IOException {
        String channel = "";
        int limit = 0;
        HistoryRequest.Since since = null;
        boolean reverse = false;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "channel" -> channel = in.string();
                case "limit" -> limit = in.integer();
                case "since" -> since = in.enterObject() ? since() : null;
                case "reverse" -> reverse = in.bool();
                default -> in.skip();
            }
        }
        return new HistoryRequest(channel, limit, since, reverse);
    }

    private HistoryRequest.Since since() throws IOException {
        RecoveryRequest position = position();
        return new HistoryRequest.Since(position.epoch(), position.offset());
    }

    private Request send() throws IOException {
        byte[] data = JsonInput.NULL;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "data" -> data = in.raw();
                default -> in.skip();
            }
        }
        return new SendRequest(data);
    }

    private Request rpc() throws IOException {
        String method = "";
        byte[] data = JsonInput.NULL;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "method" -> method = in.string();
                case "data" -> data = in.raw();
                default -> in.skip();
            }
        }
        return new RpcRequest(method, data);
    }

    private Request refresh() throws IOException {
        String token = "";
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "token" -> token = in.string();
                default -> in.skip();
            }
        }
        return new RefreshRequest(token);
    }

    private Request subRefresh() throws IOException {
        String channel = "";
        String token = "";
        int type = 0;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "channel" -> channel = in.string();
                case "token" -> token = in.string();
                case "type" -> type = in.integer();
                default -> in.skip();
            }
        }
        return new SubRefreshRequest(channel, token, type);
    }

    private Request ping() throws IOException {
        while (in.nextField() != null) {
            in.skip();
        }
        return new PingRequest();
    }

    private String onlyChannel() throws IOException {
        String channel = "";
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "channel" -> channel = in.string();
                default -> in.skip();
            }
        }
        return channel;
    }

    private static @Nullable String emptyAsNull(@Nullable String token) {
        return token == null || token.isEmpty() ? null : token;
    }
}
