package io.holdfast.handlers.beans;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Objects by JSON-B. Loaded only where the server has it. Any thread. */
final class JsonObjects {
    private final Jsonb jsonb = JsonbBuilder.create();

    /** @throws io.holdfast.handlers.HandlerException 107 if the JSON does not fit the type */
    @Nullable
    Object read(String json, Type type) {
        Object value;
        try {
            value = jsonb.fromJson(json, type);
        } catch (JsonbException | ArithmeticException | ClassCastException e) {
            throw JsonValues.unfitting();
        }
        if (value == null && type instanceof Class<?> raw && raw.isPrimitive()) {
            throw JsonValues.unfitting();
        }
        return value;
    }

    String write(Object value) {
        return jsonb.toJson(value);
    }
}
