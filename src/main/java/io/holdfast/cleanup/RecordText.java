package io.holdfast.cleanup;

import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Java records as JSON objects, with the names of their components and every value as text. Lists are left out. */
final class RecordText {
    private RecordText() {}

    static String format(Record row) {
        JsonOutput json = new JsonOutput(256).open();
        try {
            for (RecordComponent component : row.getClass().getRecordComponents()) {
                if (component.getType() != List.class) {
                    Object value = component.getAccessor().invoke(row);
                    json.name(component.getName()).string(text(value)).comma();
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the records of this package can be read here", e);
        }
        return new String(json.close().toBytes(), StandardCharsets.UTF_8);
    }

    private static String text(Object value) {
        if (value instanceof Record inner) {
            return format(inner);
        }
        return value instanceof Enum<?> constant ? AuditEntry.word(constant) : value.toString();
    }

    /** @throws IllegalArgumentException if it is not one of these */
    static <R extends Record> R parse(Class<R> type, String text) {
        try (JsonInput json = new JsonInput(text)) {
            json.nextValue();
            return make(type, json.strings());
        } catch (IOException e) {
            throw new IllegalArgumentException("it is not a JSON object of texts", e);
        }
    }

    /** @throws IllegalArgumentException if a component is missing or of another type */
    static <R extends Record> R make(Class<R> type, Map<String, String> values) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] arguments = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            Class<?> wanted = components[i].getType();
            arguments[i] = wanted == List.class ? List.of() : value(wanted, text(values, components[i].getName()));
        }
        try {
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return type.getDeclaredConstructor(types).newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the records of this package can be made here", e);
        }
    }

    static String text(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the field " + name + " is missing");
        }
        return value;
    }

    private static Object value(Class<?> type, String text) {
        if (type == long.class) {
            return Long.parseLong(text);
        }
        if (type == boolean.class) {
            return Boolean.parseBoolean(text);
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .filter(constant -> AuditEntry.word((Enum<?>) constant).equals(text.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no " + type.getSimpleName() + ": " + text));
        }
        return type.isRecord() ? parse(type.asSubclass(Record.class), text) : text;
    }
}
