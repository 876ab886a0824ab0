package io.holdfast.http;

import io.holdfast.json.JsonInput;
import io.holdfast.protocol.ErrorCode;
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

    private static final byte[] NO_PARAMS = {'{', '}'};

    private static final String KINDS =
            Arrays.stream(Kind.values()).map(Kind::word).collect(Collectors.joining(", "));

    private Calls() {}

    /** @throws IOException if the body is not one JSON object */
    static Call one(Kind kind, byte[] body) throws IOException {
        try (JsonInput in = Binder.begin(body)) {
            Call call = read(kind, in);
            Binder.end(in);
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
        try (JsonInput in = Binder.begin(body)) {
            List<Call> calls = commands(in);
            Binder.end(in);
            return calls;
        }
    }

    /**
     * One command of the first form of the API.
     *
     * @param id goes into the reply; 0 for none
     */
    record Line(int id, Call call) {}

    /** Reads {@code {"id":1,"method":"publish","params":{…}}}, one object after another. @throws IOException if it is anything else */
    static List<Line> lines(byte[] body) throws IOException {
        try (JsonInput in = new JsonInput(body)) {
            List<Line> lines = new ArrayList<>();
            while (in.nextValue()) {
                lines.add(line(in));
            }
            return lines;
        }
    }

    /** The method may come behind its parameters. */
    private static Line line(JsonInput in) throws IOException {
        if (!in.isObject()) {
            throw new JsonInput.WrongType("not an object");
        }
        int id = 0;
        String method = "";
        byte[] params = NO_PARAMS;
        in.enterObject();
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "id" -> id = in.naturalInteger();
                case "method" -> method = in.string();
                case "params" -> params = in.isNull() ? NO_PARAMS : in.raw();
                default -> in.skip();
            }
        }
        Kind kind = Kind.named(method);
        return new Line(
                id,
                kind == null
                        ? refused(ErrorCode.METHOD_NOT_FOUND, "The method must be one of " + KINDS)
                        : read(kind, params));
    }

    private static Call read(Kind kind, byte[] params) throws IOException {
        try (JsonInput in = new JsonInput(params)) {
            in.nextValue();
            return read(kind, in);
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

    /** Reads all of a command: one that asks for two things asks for neither, since no reply could tell which was done. */
    private static Call command(JsonInput in) throws IOException {
        if (!in.isObject()) {
            in.skip();
            return refused(ErrorCode.METHOD_NOT_FOUND, "A command is an object with one of " + KINDS);
        }
        Call call = null;
        Kind second = null;
        in.enterObject();
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            Kind kind = Kind.named(field);
            if (kind != null && call == null) {
                call = read(kind, in);
                continue;
            }
            in.skip();
            second = second == null ? kind : second;
        }
        if (call == null) {
            return refused(ErrorCode.METHOD_NOT_FOUND, "A command is an object with one of " + KINDS);
        }
        return second == null ? call : refused(ErrorCode.BAD_REQUEST, twoCalls(call.kind(), second));
    }

    private static String twoCalls(Kind first, Kind second) {
        return "A command holds one call, but this one holds " + first.word() + " and " + second.word()
                + "; make two commands of it";
    }

    private static Call refused(ErrorCode error, String message) {
        return new Call.Refused(Kind.PUBLISH, error, "invalid_field", "commands", message);
    }

    private static Call read(Kind kind, JsonInput in) throws IOException {
        return kind.publishes() ? CallReader.read(kind, in) : CommandReader.read(kind, in);
    }
}
