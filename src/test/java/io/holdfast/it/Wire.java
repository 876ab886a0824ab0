package io.holdfast.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import io.holdfast.schema.ClientProtocol;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How a raw client speaks. Tests say and hear JSON, in Protobuf translated by the classes that are generated from the
 * schema, so that the same tests hold for both.
 */
enum Wire {
    JSON(List.of()),
    PROTOBUF(List.of("centrifuge-protobuf"));

    private final List<String> subprotocols;

    Wire(List<String> subprotocols) {
        this.subprotocols = subprotocols;
    }

    List<String> subprotocols() {
        return subprotocols;
    }

    /** A frame in Protobuf of commands in JSON, one a line. */
    static byte[] frame(String commands) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        for (String line : commands.split("\n")) {
            ClientProtocol.Command.Builder command = ClientProtocol.Command.newBuilder();
            fill(command, (ObjectNode) Json.read(line));
            frame.writeBytes(frame(command));
        }
        return frame.toByteArray();
    }

    static byte[] frame(ClientProtocol.Command.Builder command) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        try {
            command.build().writeDelimitedTo(frame);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return frame.toByteArray();
    }

    /** What a frame in JSON says. */
    static List<JsonNode> messages(String frame) {
        List<JsonNode> messages = new ArrayList<>();
        for (String line : frame.split("\n")) {
            messages.add(Json.read(line));
        }
        return messages;
    }

    /** What a frame in Protobuf says. */
    static List<JsonNode> messages(byte[] frame) {
        List<JsonNode> messages = new ArrayList<>();
        ByteArrayInputStream in = new ByteArrayInputStream(frame);
        try {
            while (in.available() > 0) {
                messages.add(json(ClientProtocol.Reply.parseDelimitedFrom(in)));
            }
        } catch (IOException e) {
            throw new AssertionError("not Protobuf", e);
        }
        return messages;
    }

    private static void fill(Message.Builder message, ObjectNode object) {
        object.fields().forEachRemaining(entry -> {
            FieldDescriptor field = message.getDescriptorForType().findFieldByName(entry.getKey());
            if (field == null) {
                return; // has no place in the schema
            }
            if (field.isMapField()) {
                entry.getValue().fields().forEachRemaining(pair -> {
                    Message.Builder value = message.newBuilderForField(field);
                    FieldDescriptor valueField = value.getDescriptorForType().findFieldByName("value");
                    value.setField(value.getDescriptorForType().findFieldByName("key"), pair.getKey());
                    value.setField(valueField, protobuf(value, valueField, pair.getValue()));
                    message.addRepeatedField(field, value.build());
                });
            } else {
                message.setField(field, protobuf(message, field, entry.getValue()));
            }
        });
    }

    private static Object protobuf(Message.Builder message, FieldDescriptor field, JsonNode value) {
        return switch (field.getJavaType()) {
            case INT -> value.intValue();
            case LONG -> value.longValue();
            case BOOLEAN -> value.booleanValue();
            case STRING -> value.textValue();
            case BYTE_STRING -> ByteString.copyFromUtf8(value.toString());
            case MESSAGE -> {
                Message.Builder inner = message.newBuilderForField(field);
                fill(inner, (ObjectNode) value);
                yield inner.build();
            }
            default -> throw new AssertionError("not in the schema: " + field);
        };
    }

    private static ObjectNode json(MessageOrBuilder message) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        message.getAllFields().forEach((field, value) -> object.set(field.getName(), json(field, value)));
        return object;
    }

    private static JsonNode json(FieldDescriptor field, Object value) {
        if (field.isMapField()) {
            ObjectNode map = JsonNodeFactory.instance.objectNode();
            for (Object entry : (List<?>) value) {
                Message pair = (Message) entry;
                FieldDescriptor valueField = pair.getDescriptorForType().findFieldByName("value");
                map.set(
                        (String) pair.getField(pair.getDescriptorForType().findFieldByName("key")),
                        single(valueField, pair.getField(valueField)));
            }
            return map;
        }
        if (field.isRepeated()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            ((List<?>) value).forEach(element -> array.add(single(field, element)));
            return array;
        }
        return single(field, value);
    }

    private static JsonNode single(FieldDescriptor field, Object value) {
        return switch (field.getJavaType()) {
            case INT -> JsonNodeFactory.instance.numberNode((Integer) value);
            case LONG -> JsonNodeFactory.instance.numberNode((Long) value);
            case BOOLEAN -> JsonNodeFactory.instance.booleanNode((Boolean) value);
            case STRING -> JsonNodeFactory.instance.textNode((String) value);
            case BYTE_STRING -> Json.read(((ByteString) value).toString(UTF_8));
            case MESSAGE -> json((Message) value);
            default -> throw new AssertionError("not in the schema: " + field);
        };
    }
}
