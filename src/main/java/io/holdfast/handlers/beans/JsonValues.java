package io.holdfast.handlers.beans;

import io.holdfast.handlers.HandlerException;
import io.holdfast.json.MalformedJsonException;
import io.holdfast.json.RawJson;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Payloads as values of Java, and back. A {@code String} or {@code byte[]} is JSON text; what JSON-P and JSON-B are for is left to classes
 * that are loaded only then, since a server may have neither. Any thread.
 */
final class JsonValues {
    private static final String TREES = "jakarta.json.";

    private final boolean hasTrees = isThere(TREES + "JsonValue");
    private @Nullable JsonObjects objects;

    private static boolean isThere(String type) {
        try {
            Class.forName(type, false, JsonValues.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /**
     * How a payload becomes a value of a type. Null stands for no payload.
     *
     * @throws IllegalArgumentException if it cannot
     */
    Function<byte @Nullable [], @Nullable Object> reader(Type type) {
        if (type == byte[].class) {
            return json -> json;
        }
        if (type == String.class) {
            return json -> json == null ? null : text(json);
        }
        if (type instanceof Class<?> raw && raw.getName().startsWith(TREES)) {
            return json -> JsonTrees.read(json == null ? "null" : text(json), raw);
        }
        Bindable.require(type);
        JsonObjects bound = objects();
        return json -> bound.read(json == null ? "null" : text(json), type);
    }

    /** @throws IllegalArgumentException if values of a type cannot be written */
    void requireWritable(Type type) {
        boolean plain = type == void.class || type == Void.class || type == String.class || type == byte[].class;
        if (!plain && !type.getTypeName().startsWith(TREES)) {
            objects();
        }
    }

    private synchronized JsonObjects objects() {
        if (objects == null) {
            try {
                objects = new JsonObjects();
            } catch (NoClassDefFoundError e) {
                throw new IllegalArgumentException(
                        "needs JSON-B, which this server does not have. Add the feature jsonb-3.0, or use String, byte[] or"
                                + " JsonValue",
                        e);
            }
        }
        return objects;
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    /** @return one compact JSON value */
    byte[] write(Object value) {
        try {
            if (value instanceof byte[] json) {
                return RawJson.compact(json);
            }
            if (value instanceof String json) {
                return RawJson.compact(json);
            }
            if (hasTrees && JsonTrees.isOne(value)) {
                return RawJson.compact(value.toString());
            }
            return RawJson.compact(objects().write(value));
        } catch (MalformedJsonException e) {
            throw new IllegalStateException("a handler returned text that is not one JSON value", e);
        }
    }

    static HandlerException unfitting() {
        return new HandlerException(HandlerException.BAD_REQUEST, "bad request: data");
    }
}
