package io.holdfast.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import io.holdfast.schema.ClientProtocol.Command;
import io.holdfast.schema.ClientProtocol.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Translates between JSON and the Protobuf of the client protocol, by the classes that are generated from its schema. Fields
 * have the names of the schema; bytes of the schema hold JSON. Any thread.
 */
public final class Protobuf {
    private Protobuf() {}

    /**
     * Writes a command with its length before it, as it stands in a frame. An empty one is a pong.
     *
     * @param command fields that the schema does not have are left out
     */
    public static byte[] command(Json command) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        try {
            message(command, Command.newBuilder()).writeDelimitedTo(frame);
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory does not fail", e);
        }
        return frame.toByteArray();
    }

    /**
     * Reads the replies and pushes of a frame. An empty one is the server's ping. A field with its default value is absent.
     *
     * @throws IOException if the frame is not of the schema, or is cut off
     */
    public static List<Json> replies(byte[] frame) throws IOException {
        List<Json> replies = new ArrayList<>();
        CodedInputStream in = CodedInputStream.newInstance(frame);
        while (!in.isAtEnd()) {
            ByteString bytes = in.readBytes();
            Reply reply = Reply.parseFrom(bytes);
            if (!bytes.isEmpty() && reply.getAllFields().isEmpty()) {
                throw new IOException("a reply without a field of the schema"); // it would look like a ping
            }
            replies.add(Json.of(object(reply)));
        }
        return replies;
    }

    private static Map<String, @Nullable Object> object(Message message) throws IOException {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (Map.Entry<FieldDescriptor, Object> set : message.getAllFields().entrySet()) {
            FieldDescriptor field = set.getKey();
            if (field.isMapField()) {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (Object entry : (List<?>) set.getValue()) {
                    MapEntry<?, ?> each = (MapEntry<?, ?>) entry;
                    map.put(String.valueOf(each.getKey()), value(valueOf(field), each.getValue()));
                }
                object.put(field.getName(), map);
            } else if (field.isRepeated()) {
                List<@Nullable Object> list = new ArrayList<>();
                for (Object each : (List<?>) set.getValue()) {
                    list.add(value(field, each));
                }
                object.put(field.getName(), list);
            } else {
                object.put(field.getName(), value(field, set.getValue()));
            }
        }
        return object;
    }

    private static FieldDescriptor valueOf(FieldDescriptor map) {
        return map.getMessageType().findFieldByName("value");
    }

    private static Object value(FieldDescriptor field, Object value) throws IOException {
        return switch (field.getJavaType()) {
            case MESSAGE -> object((Message) value);
            case BYTE_STRING -> Json.read(((ByteString) value).toStringUtf8());
            case INT -> Integer.toUnsignedLong((int) value);
            default -> value;
        };
    }

    private static Message message(Json json, Message.Builder builder) {
        json.fields().forEach((name, value) -> {
            FieldDescriptor field = builder.getDescriptorForType().findFieldByName(name);
            if (field == null) {
                return;
            }
            if (field.isMapField()) {
                value.fields().forEach((key, member) -> {
                    Message.Builder entry = builder.newBuilderForField(field);
                    entry.setField(field.getMessageType().findFieldByName("key"), key);
                    entry.setField(valueOf(field), field(member, valueOf(field), entry));
                    builder.addRepeatedField(field, entry.build());
                });
            } else if (field.isRepeated()) {
                value.items().forEach(each -> builder.addRepeatedField(field, field(each, field, builder)));
            } else {
                builder.setField(field, field(value, field, builder));
            }
        });
        return builder.build();
    }

    private static Object field(Json value, FieldDescriptor field, Message.Builder builder) {
        return switch (field.getJavaType()) {
            case MESSAGE -> message(value, builder.newBuilderForField(field));
            case BYTE_STRING -> ByteString.copyFrom(value.toString(), StandardCharsets.UTF_8);
            case INT -> (int) value.number();
            case LONG -> value.number();
            case BOOLEAN -> value.isTrue();
            default -> value.text();
        };
    }
}
