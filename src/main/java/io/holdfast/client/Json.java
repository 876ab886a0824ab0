package io.holdfast.client;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value that was read, and JSON being written. What is not there is read as {@link #ABSENT}, never as an error. Numbers
 * keep all their digits. Any thread.
 */
public final class Json {
    /** What is not there. It reads as an empty text, as 0, as no elements, and is written as {@code null}. */
    public static final Json ABSENT = new Json(MissingNode.getInstance());

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final JsonStringEncoder ENCODER = JsonStringEncoder.getInstance();
    private static final int MOST_ZEROS = 1_000;

    private final JsonNode node;

    private Json(JsonNode node) {
        this.node = node;
    }

    /** Writes the inside of an object. */
    public interface Fields {
        /** @throws IOException as the generator does; it cannot happen here */
        void write(JsonGenerator json) throws IOException;
    }

    /**
     * Reads one value.
     *
     * @throws IOException if the text is not exactly one JSON value, or nested deeper than Jackson allows
     */
    public static Json read(String text) throws IOException {
        try {
            JsonNode node = MAPPER.readTree(text);
            if (node.isMissingNode()) {
                throw new IOException("not a JSON value");
            }
            return new Json(node);
        } catch (NumberFormatException e) { // Jackson lets it through
            throw new IOException("a number that is too large", e);
        }
    }

    /** Makes a value of maps, lists, texts, numbers, booleans, null and {@link Json}. */
    public static Json of(@Nullable Object value) {
        return new Json(MAPPER.valueToTree(plain(value)));
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> fields = new LinkedHashMap<>();
            map.forEach((name, field) -> fields.put(name, plain(field)));
            return fields;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> elements = new ArrayList<>();
            list.forEach(element -> elements.add(plain(element)));
            return elements;
        }
        return value instanceof Json json ? json.node : value;
    }

    /** Writes an object in one line. */
    public static String object(Fields fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = MAPPER.createGenerator(text)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("Writing to memory does not fail", e);
        }
        return text.toString();
    }

    /** Writes an array of values that are JSON already. */
    public static String array(List<String> values) {
        return "[" + String.join(",", values) + "]";
    }

    /** Writes text as a JSON string, with its quotes. */
    public static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        ENCODER.quoteAsString(text, out);
        return out.append('"').toString();
    }

    /** Reads a field, and the field in it, and so on. */
    public Json at(String... path) {
        JsonNode at = node;
        for (String name : path) {
            at = at.isObject() ? at.path(name) : MissingNode.getInstance();
        }
        return new Json(at);
    }

    /** The elements of an array, in order; none if this is not an array. */
    public List<Json> items() {
        List<Json> items = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(each -> items.add(new Json(each)));
        }
        return items;
    }

    /** The fields of an object, in order; none if this is not an object. The caller may change the map. */
    public Map<String, Json> fields() {
        Map<String, Json> fields = new LinkedHashMap<>();
        node.properties().forEach(field -> fields.put(field.getKey(), new Json(field.getValue())));
        return fields;
    }

    /** Whether this is an object with a field of this name, which may be null. */
    public boolean has(String name) {
        return node.has(name);
    }

    /** Whether this is an object. */
    public boolean isObject() {
        return node.isObject();
    }

    /** Whether this is an object without fields. */
    public boolean isEmptyObject() {
        return node.isObject() && node.isEmpty();
    }

    /** Whether this is an array. */
    public boolean isArray() {
        return node.isArray();
    }

    /** Whether this is a string. */
    public boolean isText() {
        return node.isTextual();
    }

    /** Whether this is a number. */
    public boolean isNumber() {
        return node.isNumber();
    }

    /** Whether there is nothing here, or null. */
    public boolean isNull() {
        return node.isMissingNode() || node.isNull();
    }

    /** Whether this is {@code true}, and not a text that says so. */
    public boolean isTrue() {
        return node.isBoolean() && node.booleanValue();
    }

    /** The text of a string; empty if this is not a string. */
    public String text() {
        return node.isTextual() ? node.textValue() : "";
    }

    /** The text of a string or a number, without an exponent up to some 1000 digits; empty if this is neither. */
    public String textOrNumber() {
        return node.isNumber() ? shown(node.decimalValue()) : text();
    }

    /** A few characters such as 1e999999999 would become that many zeros. */
    private static String shown(BigDecimal number) {
        return Math.abs((long) number.scale()) > MOST_ZEROS ? number.toString() : number.toPlainString();
    }

    /** A number without its fraction; 0 if this is not a number that a long can hold. */
    public long number() {
        return node.isNumber() && node.canConvertToLong() ? node.longValue() : 0;
    }

    /** A number with all its digits; 0 if this is not a number. */
    public BigDecimal decimal() {
        return node.isNumber() ? node.decimalValue() : BigDecimal.ZERO;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Json json && node.equals(json.node);
    }

    @Override
    public int hashCode() {
        return node.hashCode();
    }

    /** As JSON text in one line. */
    @Override
    public String toString() {
        return node.isMissingNode() ? "null" : node.toString();
    }
}
