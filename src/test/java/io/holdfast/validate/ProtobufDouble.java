package io.holdfast.validate;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.holdfast.client.Json;
import io.holdfast.schema.ClientProtocol;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The server's side of Protobuf for the test double, by the classes that are generated from the schema. */
final class ProtobufDouble {
    private ProtobufDouble() {}

    static List<Json> commands(byte[] frame) throws IOException {
        List<Json> commands = new ArrayList<>();
        ByteArrayInputStream in = new ByteArrayInputStream(frame);
        while (in.available() > 0) {
            int length = CodedInputStream.readRawVarint32(in.read(), in);
            if (length < 0 || length > in.available()) { // parseDelimitedFrom would take what is there
                throw new IOException("a command is longer than its frame");
            }
            commands.add(Json.of(object(ClientProtocol.Command.parseFrom(in.readNBytes(length)))));
        }
        return commands;
    }

    static byte[] reply(Json reply) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        message(reply, ClientProtocol.Reply.newBuilder()).writeDelimitedTo(out);
        return out.toByteArray();
    }

    private static Map<String, Object> object(Message message) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        for (Map.Entry<FieldDescriptor, Object> set : message.getAllFields().entrySet()) {
            FieldDescriptor field = set.getKey();
            if (field.isMapField()) {
                Map<String, Object> map = new LinkedHashMap<>();
                for (Object each : (List<?>) set.getValue()) {
                    Message entry = (Message) each;
                    FieldDescriptor value = entry.getDescriptorForType().findFieldByNumber(2);
                    map.put(
                            String.valueOf(
                                    entry.getField(entry.getDescriptorForType().findFieldByNumber(1))),
                            value(value, entry.getField(value)));
                }
                object.put(field.getName(), map);
            } else {
                object.put(field.getName(), value(field, set.getValue()));
            }
        }
        return object;
    }

    private static Object value(FieldDescriptor field, Object value) throws IOException {
        return switch (field.getJavaType()) {
            case MESSAGE -> object((Message) value);
            case BYTE_STRING -> Json.read(((ByteString) value).toStringUtf8());
            default -> value;
        };
    }

    private static Message message(Json json, Message.Builder builder) {
        json.fields().forEach((name, value) -> {
            FieldDescriptor field = builder.getDescriptorForType().findFieldByName(name);
            if (field.isRepeated() && !field.isMapField()) {
                value.items().forEach(each -> builder.addRepeatedField(field, field(each, field, builder)));
                return;
            }
            if (!field.isMapField()) {
                builder.setField(field, field(value, field, builder));
                return;
            }
            value.fields().forEach((key, member) -> {
                Message.Builder entry = builder.newBuilderForField(field);
                FieldDescriptor of = entry.getDescriptorForType().findFieldByNumber(2);
                entry.setField(entry.getDescriptorForType().findFieldByNumber(1), key);
                entry.setField(of, field(member, of, entry));
                builder.addRepeatedField(field, entry.build());
            });
        });
        return builder.build();
    }

    private static Object field(Json value, FieldDescriptor field, Message.Builder builder) {
        return switch (field.getJavaType()) {
            case MESSAGE -> message(value, builder.newBuilderForField(field));
            case BYTE_STRING -> ByteString.copyFrom(value.toString(), UTF_8);
            case INT -> (int) value.number();
            case LONG -> value.number();
            case BOOLEAN -> value.isTrue();
            default -> value.text();
        };
    }
}
