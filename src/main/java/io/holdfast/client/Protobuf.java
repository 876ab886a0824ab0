package io.holdfast.validate;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.client.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Translates between JSON and the messages of {@code client.proto} that the suite speaks; numbers and types are the
 * schema's. Fields that are not in the table are skipped when read.
 */
final class Protobuf {
    private static final int VARINT = 0;
    private static final int LENGTH = 2;

    /**
     * @param type {@code text}, {@code json} (bytes that hold a JSON value), {@code number}, {@code flag}, else the name
     *     of a message; with {@code *} before it, a map from text to that; with {@code +}, a list, which is only read
     */
    private record Field(int number, String name, String type) {}

    /** One message a line: its name, then its fields. */
    private static final Map<String, List<Field>> SCHEMA = schema("""
            Command id=1:number connect=4:Connect subscribe=5:Subscribe unsubscribe=6:Channel publish=7:Publish presence=8:Channel history=10:History ping=11:Empty send=12:Send rpc=13:Rpc refresh=14:Token sub_refresh=15:SubToken
            Connect token=1:text data=2:json subs=3:*Subscribe name=4:text
            Subscribe channel=1:text token=2:text recover=3:flag epoch=6:text offset=7:number
            Channel channel=1:text
            Publish channel=1:text data=2:json
            Send data=1:json
            Rpc data=1:json method=2:text
            Token token=1:text
            SubToken channel=1:text token=2:text
            History channel=1:text limit=7:number
            Empty
            Reply id=1:number error=2:Error push=4:Push connect=5:Connected subscribe=6:Subscribed unsubscribe=7:Empty publish=8:Empty presence=9:Present history=11:Retained ping=12:Empty rpc=13:Send refresh=14:Connected sub_refresh=15:Subscribed
            Error code=1:number message=2:text temporary=3:flag
            Push channel=2:text pub=4:Pub unsubscribe=7:Unsubscribed disconnect=11:Error
            Unsubscribed code=2:number reason=3:text
            Retained publications=1:+Pub epoch=2:text offset=3:number
            Present presence=1:*Who
            Who user=1:text client=2:text conn_info=3:json chan_info=4:json
            Connected client=1:text version=2:text expires=3:flag ttl=4:number subs=6:*Subscribed ping=7:number pong=8:flag session=9:text node=10:text
            Subscribed expires=1:flag ttl=2:number recoverable=3:flag epoch=6:text recovered=8:flag offset=9:number positioned=10:flag was_recovering=12:flag
            Pub data=4:json offset=6:number tags=7:*text
            """);

    private Protobuf() {}

    private static Map<String, List<Field>> schema(String lines) {
        Map<String, List<Field>> messages = new HashMap<>();
        for (String line : lines.split("\n", -1)) {
            List<Field> fields = new ArrayList<>();
            String[] words = line.split(" ", -1);
            for (int i = 1; i < words.length; i++) {
                String[] parts = words[i].split("[=:]", 3);
                fields.add(new Field(Integer.parseInt(parts[1]), parts[0], parts[2]));
            }
            messages.put(words[0], fields);
        }
        return messages;
    }

    private static List<Field> fields(String message) {
        return SCHEMA.getOrDefault(message, List.of());
    }

    /** A command with its length before it; an empty one is a pong. */
    static byte[] command(Json command) {
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
            if (field.type().startsWith("*")) {
                String type = field.type().substring(1);
                member.fields().forEach((key, inner) -> {
                    ByteArrayOutputStream entry = new ByteArrayOutputStream();
                    write(entry, 1, "text", Json.of(key));
                    write(entry, 2, type, inner);
                    varint(out, (long) field.number() << 3 | LENGTH);
                    delimited(out, entry.toByteArray());
                });
            } else {
                write(out, field.number(), field.type(), member);
            }
        }
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, int number, String type, Json value) {
        boolean varint = type.equals("number") || type.equals("flag");
        varint(out, (long) number << 3 | (varint ? VARINT : LENGTH));
        switch (type) {
            case "number" -> varint(out, value.number());
            case "flag" -> varint(out, value.isTrue() ? 1 : 0);
            case "text" -> delimited(out, value.text().getBytes(UTF_8));
            case "json" -> delimited(out, value.toString().getBytes(UTF_8));
            default -> delimited(out, message(type, value));
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
    static List<Json> replies(byte[] frame) throws IOException {
        List<Json> replies = new ArrayList<>();
        Cursor in = new Cursor(frame, 0, frame.length);
        while (in.hasMore()) {
            replies.add(Json.of(read("Reply", in.delimited())));
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
            } else if (field.type().startsWith("*")) {
                Cursor entry = in.delimited();
                entry.varint();
                String key = entry.delimited().text();
                @Nullable Object value = null;
                if (entry.hasMore()) {
                    entry.varint();
                    value = value(field.type().substring(1), entry);
                }
                Map<String, @Nullable Object> map =
                        new LinkedHashMap<>(Json.of(object.get(field.name())).fields());
                map.put(key, value);
                object.put(field.name(), map);
            } else if (field.type().startsWith("+")) {
                List<@Nullable Object> list =
                        new ArrayList<>(Json.of(object.get(field.name())).items());
                list.add(value(field.type().substring(1), in));
                object.put(field.name(), list);
            } else {
                object.put(field.name(), value(field.type(), in));
            }
        }
        return object;
    }

    private static @Nullable Object value(String type, Cursor in) throws IOException {
        return switch (type) {
            case "number" -> in.varint();
            case "flag" -> in.varint() != 0;
            case "text" -> in.delimited().text();
            case "json" -> Json.read(in.delimited().text());
            default -> read(type, in.delimited());
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
