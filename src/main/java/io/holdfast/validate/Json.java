package io.holdfast.validate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON value that was read. What is not there is read as absent, never as an error. */
record Json(@Nullable Object value) {
    static final Json ABSENT = new Json(null);

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final JsonStringEncoder ENCODER = JsonStringEncoder.getInstance();

    /** @throws IOException if this is no JSON value */
    static Json read(String text) throws IOException {
        try (JsonParser in = FACTORY.createParser(text)) {
            in.nextToken();
            return new Json(value(in));
        }
    }

    private static @Nullable Object value(JsonParser in) throws IOException {
        JsonToken token = in.currentToken();
        if (token == null) {
            throw new IOException("not a JSON value");
        }
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                while (in.nextToken() == JsonToken.FIELD_NAME) {
                    String name = in.currentName();
                    in.nextToken();
                    object.put(name, value(in));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<@Nullable Object> array = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(in));
                }
                yield array;
            }
            case VALUE_STRING -> in.getText();
            case VALUE_NUMBER_INT -> in.getLongValue();
            case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IOException("not a JSON value but " + token);
        };
    }

    /** A field, and the field in it, and so on. */
    Json at(String... path) {
        Json at = this;
        for (String name : path) {
            at = at.value instanceof Map<?, ?> object ? new Json(object.get(name)) : ABSENT;
        }
        return at;
    }

    /** The values of an array. */
    List<Json> items() {
        List<Json> items = new ArrayList<>();
        if (value instanceof List<?> array) {
            array.forEach(each -> items.add(new Json(each)));
        }
        return items;
    }

    boolean has(String name) {
        return value instanceof Map<?, ?> object && object.containsKey(name);
    }

    boolean isEmptyObject() {
        return value instanceof Map<?, ?> object && object.isEmpty();
    }

    Map<?, ?> fields() {
        return value instanceof Map<?, ?> object ? object : Map.of();
    }

    /** Empty if it is no string. */
    String text() {
        return value instanceof String text ? text : "";
    }

    /** 0 if it is no number. */
    long number() {
        return value instanceof Number number ? number.longValue() : 0;
    }

    boolean isTrue() {
        return Boolean.TRUE.equals(value);
    }

    /** As JSON text. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(@Nullable Object value, StringBuilder out) {
        if (value instanceof Map<?, ?> object) {
            String separator = "{";
            for (Map.Entry<?, ?> field : object.entrySet()) {
                out.append(separator)
                        .append(quoted(String.valueOf(field.getKey())))
                        .append(':');
                write(field.getValue(), out);
                separator = ",";
            }
            out.append(object.isEmpty() ? "{}" : "}");
        } else if (value instanceof List<?> array) {
            String separator = "[";
            for (Object element : array) {
                out.append(separator);
                write(element, out);
                separator = ",";
            }
            out.append(array.isEmpty() ? "[]" : "]");
        } else if (value instanceof String text) {
            out.append(quoted(text));
        } else {
            out.append(value);
        }
    }

    /** Text as a JSON string, with its quotes. */
    static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        ENCODER.quoteAsString(text, out);
        return out.append('"').toString();
    }
}
