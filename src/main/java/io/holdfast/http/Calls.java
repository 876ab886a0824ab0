package io.holdfast.http;

import io.holdfast.protocol.JsonInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads whole bodies. Nothing of a body that is not JSON to its end is carried out. */
final class Calls {
    /** Publications of one batch. */
    static final int MAX_PUBLICATIONS = 100_000;

    private Calls() {}

    /** @throws IOException if the body is not one JSON object */
    static Call one(Kind kind, byte[] body) throws IOException {
        try (JsonInput in = begin(body)) {
            Call call = CallReader.read(kind, in);
            end(in);
            return call;
        }
    }

    /**
     * Reads {@code {"commands":[{"publish":{…}},{"broadcast":{…}},{"send":{…}}],"parallel":true}}.
     *
     * @return null if there is no array of commands
     * @throws IOException if the body is not one JSON object
     */
    static @Nullable List<Call> batch(byte[] body) throws IOException {
        try (JsonInput in = begin(body)) {
            List<Call> calls = commands(in);
            end(in);
            return calls;
        }
    }

    private static @Nullable List<Call> commands(JsonInput in) throws IOException {
        List<Call> calls = null;
        in.enterObject();
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            // parallel says nothing to us: publications are handed over in order and none waits for another.
            if (field.equals("commands") && in.isArray()) {
                calls = new ArrayList<>();
                while (in.nextElement()) {
                    calls.add(command(in));
                }
            } else {
                in.skip();
            }
        }
        return calls;
    }

    private static Call command(JsonInput in) throws IOException {
        Call call = null;
        if (in.isObject()) {
            in.enterObject();
            for (String field = in.nextField(); field != null; field = in.nextField()) {
                Kind kind = kind(field);
                if (kind == null) {
                    in.skip();
                } else {
                    call = CallReader.read(kind, in);
                }
            }
        } else {
            in.skip();
        }
        return call == null
                ? new Call.Refused(
                        Kind.PUBLISH, "invalid_field", "commands", "A command holds publish, broadcast or send")
                : call;
    }

    private static @Nullable Kind kind(String word) {
        return switch (word) {
            case "publish" -> Kind.PUBLISH;
            case "broadcast" -> Kind.BROADCAST;
            case "send" -> Kind.SEND;
            default -> null;
        };
    }

    private static JsonInput begin(byte[] body) throws IOException {
        JsonInput in = new JsonInput(JsonInput.utf8(body));
        if (!in.nextValue() || !in.isObject()) {
            throw new JsonInput.WrongType("not an object");
        }
        return in;
    }

    private static void end(JsonInput in) throws IOException {
        if (in.nextValue()) {
            throw new JsonInput.WrongType("more than one value");
        }
    }
}
