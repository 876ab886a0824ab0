package io.holdfast.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Translates between JSON and Protobuf by the schema {@code client.proto}, which it reads itself: one field a line, no nested
 * messages. Fields of type bytes hold JSON. Fields that the schema does not have are skipped when read.
 */
public final class Protobuf {
    private static final int VARINT = 0;
    private static final int LENGTH = 2;
    private static final Pattern MESSAGE = Pattern.compile("(?m)^message (\\w+) \\{([^}]*)}");
    private static final Pattern FIELD = Pattern.compile("(?m)^  (map<string, |repeated |)(\\w+)>? (\\w+) = (\\d+);");

    private enum Many {
        ONE,
        MAP,
        LIST
    }

    /** @param type a type of Protobuf, or the name of a message of the schema */
    private record Field(int number, String name, Many many, String type) {
        int tag() {
            return number << 3 | (isVarint() ? VARINT : LENGTH);
        }

        boolean isVarint() {
            return switch (type) {
                case "bool", "int32", "int64", "uint32", "uint64" -> true;
                default -> false;
            };
        }
    }

    /** The fields of every message of the schema. */
    private static final Map<String, List<Field>> SCHEMA = schema();

    private Protobuf() {}

    private static Map<String, List<Field>> schema() {
        Map<String, List<Field>> messages = new HashMap<>();
        try (InputStream in = Protobuf.class.getResourceAsStream("client.proto")) {
            String schema = new String(
                    Objects.requireNonNull(in, "client.proto is missing").readAllBytes(), UTF_8);
            for (Matcher message = MESSAGE.matcher(schema); message.find(); ) {
                List<Field> fields = new ArrayList<>();
                for (Matcher field = FIELD.matcher(message.group(2)); field.find(); ) {
                    Many many = field.group(1).isEmpty()
                            ? Many.ONE
                            : field.group(1).startsWith("map") ? Many.MAP : Many.LIST;
                    fields.add(new Field(Integer.parseInt(field.group(4)), field.group(3), many, field.group(2)));
                }
                messages.put(message.group(1), fields);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return messages;
    }

    private static List<Field> fields(String message) {
        return Objects.requireNonNull(SCHEMA.get(message), message);
    }

    /** The tag with which a field begins: its number and wire type. */
    public static int tag(String message, String field) {
        return fields(message).stream()
                .filter(candidate -> candidate.name().equals(field))
                .mapToInt(Field::tag)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(message + " has no field " + field));
    }

    /** A command with its length before it; an empty one is a pong. */
    public static byte[] command(Json command) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        delimited(out, message("Command", command));
        return out.toByteArray();
    }

    private static byte[] message(String name, Json value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Field field : fields(name)) {
            if (!value.has(field.name())) {
                continue;
            }
            Json member = value.at(field.name());
            switch (field.many()) {
                case ONE -> write(out, field.number(), field, member);
                case MAP ->
                    member.fields().forEach((key, inner) -> {
                        ByteArrayOutputStream entry = new ByteArrayOutputStream();
                        varint(entry, 1 << 3 | LENGTH);
                        delimited(entry, key.getBytes(UTF_8));
                        write(entry, 2, field, inner);
                        varint(out, (long) field.number() << 3 | LENGTH);
                        delimited(out, entry.toByteArray());
                    });
                case LIST -> member.items().forEach(inner -> write(out, field.number(), field, inner));
            }
        }
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, int number, Field field, Json value) {
        varint(out, (long) number << 3 | (field.isVarint() ? VARINT : LENGTH));
        switch (field.type()) {
            case "bool" -> varint(out, value.isTrue() ? 1 : 0);
            case "string" -> delimited(out, value.text().getBytes(UTF_8));
            case "bytes" -> delimited(out, value.toString().getBytes(UTF_8));
            default -> {
                if (field.isVarint()) {
                    varint(out, value.number());
                } else {
                    delimited(out, message(field.type(), value));
                }
            }
        }
    }

    private static void delimited(ByteArrayOutputStream out, byte[] bytes) {
        varint(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /** The replies and pushes of a frame; an empty one is the server's ping. */
    public static List<Json> replies(byte[] frame) throws IOException {
        List<Json> replies = new ArrayList<>();
        Cursor in = new Cursor(frame, 0, frame.length);
        while (in.hasMore()) {
            Cursor bytes = in.delimited();
            boolean ping = !bytes.hasMore();
            Map<String, @Nullable Object> reply = read("Reply", bytes);
            if (reply.isEmpty() && !ping) {
                throw new IOException("a reply without a field of the schema"); // it would look like a ping
            }
            replies.add(Json.of(reply));
        }
        return replies;
    }

    private static Map<String, @Nullable Object> read(String message, Cursor in) throws IOException {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (in.hasMore()) {
            long tag = in.varint();
            Field field = fields(message).stream()
                    .filter(candidate -> candidate.number() == tag >>> 3)
                    .findFirst()
                    .orElse(null);
            if (field == null) {
                in.skip((int) tag & 7);
            } else if (field.many() == Many.MAP) {
                Cursor entry = in.delimited();
                entry.varint();
                String key = entry.delimited().text();
                @Nullable Object value = null;
                if (entry.hasMore()) {
                    entry.varint();
                    value = value(field, entry);
                }
                Map<String, @Nullable Object> map =
                        new LinkedHashMap<>(Json.of(object.get(field.name())).fields());
                map.put(key, value);
                object.put(field.name(), map);
            } else if (field.many() == Many.LIST) {
                List<@Nullable Object> list =
                        new ArrayList<>(Json.of(object.get(field.name())).items());
                list.add(value(field, in));
                object.put(field.name(), list);
            } else {
                object.put(field.name(), value(field, in));
            }
        }
        return object;
    }

    private static @Nullable Object value(Field field, Cursor in) throws IOException {
        return switch (field.type()) {
            case "bool" -> in.varint() != 0;
            case "string" -> in.delimited().text();
            case "bytes" -> Json.read(in.delimited().text());
            default -> field.isVarint() ? (Object) in.varint() : read(field.type(), in.delimited());
        };
    }

    /** A place in bytes. */
    private static final class Cursor {
        private final byte[] bytes;
        private int at;
        private final int end;

        Cursor(byte[] bytes, int at, int end) {
            this.bytes = bytes;
            this.at = at;
            this.end = end;
        }

        boolean hasMore() {
            return at < end;
        }

        long varint() throws IOException {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                if (at >= end) {
                    throw new IOException("a Protobuf message ends within a number");
                }
                byte next = bytes[at++];
                value |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            throw new IOException("a Protobuf number of more than ten bytes");
        }

        Cursor delimited() throws IOException {
            long length = varint();
            if (length < 0 || length > end - at) {
                throw new IOException("a Protobuf message is longer than its frame");
            }
            at += (int) length;
            return new Cursor(bytes, at - (int) length, at);
        }

        String text() {
            return new String(bytes, at, end - at, UTF_8);
        }

        void skip(int wireType) throws IOException {
            switch (wireType) {
                case VARINT -> varint();
                case LENGTH -> delimited();
                default -> throw new IOException("a Protobuf field of wire type " + wireType);
            }
        }
    }
}
