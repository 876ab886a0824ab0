package io.holdfast.handlers.backend;

import io.holdfast.handlers.ConnectDecision;
import io.holdfast.handlers.HandlerException;
import io.holdfast.handlers.PublishDecision;
import io.holdfast.handlers.RefreshDecision;
import io.holdfast.handlers.SubscribeDecision;
import io.holdfast.json.JsonInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads replies, in the shape of Centrifugo's proxies: an object with {@code result}, {@code error} or {@code disconnect}.
 *
 * <p>Every method throws a {@link HandlerException} if the back end refuses, and a {@link BadReplyException} if the reply is not as
 * it must be. A field that is not understood makes it so: ignoring one could let in what the back end wanted kept out.
 */
final class Replies {
    private static final int LEAST_ERROR = 400;
    private static final int MOST_ERROR = 1_999;
    private static final int LEAST_CLOSE = 4_000;

    private Replies() {}

    static ConnectDecision connect(byte[] reply) {
        ResultFields result = result(reply, ResultFields.CONNECT);
        String user = result.text("user");
        List<String> channels = new ArrayList<>(result.channels());
        return new ConnectDecision(
                user == null || user.isEmpty() ? null : user,
                result.text("device"),
                result.json("info"),
                result.json("data"),
                result.moment(),
                channels,
                result.json("meta"));
    }

    static RefreshDecision refresh(byte[] reply) {
        ResultFields result = result(reply, ResultFields.REFRESH);
        return new RefreshDecision(result.flag("expired"), result.moment(), result.json("info"));
    }

    static SubscribeDecision subscribe(byte[] reply) {
        ResultFields result = result(reply, ResultFields.SUBSCRIBE);
        return new SubscribeDecision(
                result.moment(),
                result.json("info"),
                result.json("data"),
                result.override("force_recovery"),
                result.override("join_leave"));
    }

    static PublishDecision publish(byte[] reply) {
        ResultFields result = result(reply, ResultFields.PUBLISH);
        return new PublishDecision(result.flag("done"), result.json("data"), result.tags());
    }

    static byte[] rpc(byte[] reply) {
        byte[] data = result(reply, ResultFields.RPC).json("data");
        return data == null ? JsonInput.NULL : data;
    }

    private static ResultFields result(byte[] reply, List<String> known) {
        ResultFields result = null;
        HandlerException refusal = null;
        try (JsonInput json = new JsonInput(reply)) {
            if (!json.nextValue() || !json.enterObject()) {
                throw new BadReplyException("it is not an object");
            }
            for (String name = json.nextField(); name != null; name = json.nextField()) {
                if (json.isNull()) {
                    continue;
                }
                switch (name) {
                    case "result" -> result = ResultFields.read(json, known);
                    case "error" -> refusal = error(json);
                    case "disconnect" -> refusal = disconnect(json);
                    default -> throw ResultFields.unknown(name);
                }
            }
            if (json.nextValue()) {
                throw new BadReplyException("something follows its object");
            }
        } catch (IOException e) {
            throw new BadReplyException("it is not JSON, or a value has the wrong type");
        }
        if (refusal != null) {
            throw refusal;
        }
        if (result == null) {
            throw new BadReplyException("it has neither result nor error nor disconnect");
        }
        return result;
    }

    private static HandlerException error(JsonInput json) throws IOException {
        int code = 0;
        String message = "";
        boolean temporary = false;
        json.enterObject();
        for (String name = json.nextField(); name != null; name = json.nextField()) {
            switch (name) {
                case "code" -> code = json.integer();
                case "message" -> message = json.string();
                case "temporary" -> temporary = json.bool();
                default -> throw ResultFields.unknown(name);
            }
        }
        if (code < LEAST_ERROR || code > MOST_ERROR) {
            throw new BadReplyException("the code of its error is not from 400 to 1999: " + code);
        }
        try {
            return new HandlerException(code, message, temporary);
        } catch (IllegalArgumentException e) {
            throw new BadReplyException(String.valueOf(e.getMessage()));
        }
    }

    private static HandlerException disconnect(JsonInput json) throws IOException {
        int code = 0;
        String reason = "";
        json.enterObject();
        for (String name = json.nextField(); name != null; name = json.nextField()) {
            switch (name) {
                case "code" -> code = json.integer();
                case "reason" -> reason = json.string();
                default -> throw ResultFields.unknown(name);
            }
        }
        if (code < LEAST_CLOSE) {
            throw new BadReplyException("the code of its disconnect is not from 4000 to 4999: " + code);
        }
        try {
            return HandlerException.closing(code, reason);
        } catch (IllegalArgumentException e) {
            throw new BadReplyException(String.valueOf(e.getMessage()));
        }
    }
}
