package io.holdfast.cli;

import io.holdfast.json.JsonInput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One thing that the server says: a reply, a push, or its ping.
 *
 * @param id of the command that it replies to; 0 for a push
 * @param kind the name of what is in it ({@code connect}, {@code error}, {@code pub}, …), {@code ping} for a ping
 * @param channel of a push
 * @param body JSON, numbers to the letter
 */
record Incoming(long id, String kind, String channel, String body) {

    /** A publication as it came. @param data its payload @param offset 0 if it is not stored */
    record Publication(String json, String data, long offset) {

        static Publication read(String json) throws IOException {
            String data = "null";
            long offset = 0;
            try (JsonInput in = new JsonInput(json)) {
                in.nextValue();
                in.enterObject();
                for (String field = in.nextField(); field != null; field = in.nextField()) {
                    switch (field) {
                        case "data" -> data = raw(in);
                        case "offset" -> offset = whole(in);
                        default -> in.skip();
                    }
                }
            }
            return new Publication(json, data, offset);
        }
    }

    /** All that is in a frame. @throws IOException if it is not of the protocol */
    static List<Incoming> read(String frame) throws IOException {
        List<Incoming> all = new ArrayList<>();
        try (JsonInput in = new JsonInput(frame)) {
            while (in.nextValue()) {
                if (!in.enterObject()) {
                    throw new IOException("not an object");
                }
                all.add(one(in));
            }
        }
        return all;
    }

    /** The elements of an array in an object, each as it stands there; none if it is not there. */
    static List<String> elements(String json, String name) throws IOException {
        List<String> elements = new ArrayList<>();
        try (JsonInput in = new JsonInput(json)) {
            in.nextValue();
            in.enterObject();
            for (String field = in.nextField(); field != null; field = in.nextField()) {
                if (field.equals(name) && in.isArray()) {
                    while (in.nextElement()) {
                        elements.add(raw(in));
                    }
                } else {
                    in.skip();
                }
            }
        }
        return elements;
    }

    private static Incoming one(JsonInput in) throws IOException {
        Incoming read = new Incoming(0, "ping", "", "{}");
        long id = 0;
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            switch (field) {
                case "id" -> id = whole(in);
                case "push" -> read = push(in);
                default -> read = new Incoming(0, field, "", raw(in));
            }
        }
        return new Incoming(id, read.kind, read.channel, read.body);
    }

    private static Incoming push(JsonInput in) throws IOException {
        String channel = "";
        String kind = "push";
        String body = "{}";
        in.enterObject();
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            if (field.equals("channel")) {
                channel = in.string();
            } else {
                kind = field;
                body = raw(in);
            }
        }
        return new Incoming(0, kind, channel, body);
    }

    private static String raw(JsonInput in) throws IOException {
        return new String(in.raw(), StandardCharsets.UTF_8);
    }

    private static long whole(JsonInput in) throws IOException {
        try {
            return in.decimal().longValueExact();
        } catch (ArithmeticException e) {
            throw new IOException("not a whole number", e);
        }
    }
}
