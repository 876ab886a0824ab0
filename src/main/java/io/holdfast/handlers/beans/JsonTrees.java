package io.holdfast.handlers.beans;

import jakarta.json.Json;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.util.Map;

/** Values of JSON-P. Loaded only where the server has it. */
final class JsonTrees {
    private static final JsonReaderFactory READERS = Json.createReaderFactory(Map.of());

    private JsonTrees() {}

    static boolean isOne(Object value) {
        return value instanceof JsonValue;
    }

    /** @throws io.holdfast.handlers.HandlerException 107 if it is a value of another type */
    static Object read(String json, Class<?> type) {
        try (JsonReader reader = READERS.createReader(new StringReader(json))) {
            JsonValue value = reader.readValue();
            if (!type.isInstance(value)) {
                throw JsonValues.unfitting();
            }
            return value;
        }
    }
}
