package io.holdfast.http;

import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.JsonInput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads whole bodies. Nothing of a body that is not JSON to its end is carried out. */
final class Calls {
    /** Publications of one batch. */
    static final int MAX_PUBLICATIONS = 100_000;

    private static final String KINDS =
            Arrays.stream(Kind.values()).map(Kind::word).collect(Collectors.joining(", "));

    private Calls() {}

    /** @throws IOException if the body is not one JSON object */
    static Call one(Kind kind, byte[] body) throws IOException {
        try (JsonInput in = begin(body)) {
            Call call = read(kind, in);
            end(in);
            return call;
        }
    }

    /**
     * Reads {@code {"commands":[{"publish":{…}},{"history":{…}},{"send":{…}}],"parallel":true}}.
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
            // parallel says nothing to us: publications are handed over in order and none waits for another, and the
            // rest is quick.
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
                Kind kind = Kind.named(field);
                if (kind == null) {
                    in.skip();
                } else {
                    call = read(kind, in);
                }
            }
        } else {
            in.skip();
        }
        return call == null
                ? new Call.Refused(
                        Kind.PUBLISH,
                        ErrorCode.METHOD_NOT_FOUND,
                        "invalid_field",
                        "commands",
                        "A command is an object with one of " + KINDS)
                : call;
    }

    private static Call read(Kind kind, JsonInput in) throws IOException {
        return kind.publishes() ? CallReader.read(kind, in) : CommandReader.read(kind, in);
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
