package io.holdfast.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.filter.FilteringParserDelegate;
import com.fasterxml.jackson.core.filter.JsonPointerBasedFilter;
import com.fasterxml.jackson.core.filter.TokenFilter;
import io.holdfast.json.MalformedJsonException;
import io.holdfast.json.RawJson;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads payloads that were checked already ({@link RawJson}), for deduplication. */
public final class PayloadContent {
    private static final JsonFactory FACTORY = new JsonFactory();

    private PayloadContent() {}

    /**
     * The string, number or boolean at a place.
     *
     * @param pointer RFC 6901
     * @return null if there is nothing, null, an object or an array
     */
    public static @Nullable String textAt(byte[] json, JsonPointer pointer) {
        try (JsonParser whole = FACTORY.createParser(new String(json, StandardCharsets.UTF_8));
                JsonParser found = new FilteringParserDelegate(
                        whole, new JsonPointerBasedFilter(pointer), TokenFilter.Inclusion.ONLY_INCLUDE_ALL, false)) {
            JsonToken token = found.nextToken();
            return token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL ? null : found.getText();
        } catch (IOException e) {
            throw new IllegalArgumentException("not one JSON value", e);
        }
    }

    /**
     * SHA-256 of a name and the payload's content, in hexadecimal: the order of names in objects, white space, the way
     * strings are escaped and trailing zeros of numbers make no difference.
     */
    public static String hash(String name, byte[] json) {
        try (JsonParser parser = FACTORY.createParser(new String(json, StandardCharsets.UTF_8))) {
            parser.nextToken();
            StringBuilder text = new StringBuilder(json.length + name.length() + 16);
            append(name, text);
            append(value(parser), text);
            return digest(text);
        } catch (IOException e) {
            throw new IllegalArgumentException("not one JSON value", e);
        }
    }

    /** The same one JSON value, compact; null if it is something else. */
    public static byte @Nullable [] json(byte[] bytes) {
        try {
            return RawJson.compact(bytes);
        } catch (MalformedJsonException e) {
            return null;
        }
    }

    /** As {@link #hash}, of bytes that need not be JSON. Never the same as the hash of a JSON value. */
    public static String hashBytes(String name, byte[] bytes) {
        StringBuilder text = new StringBuilder(2 * bytes.length + name.length() + 16);
        append(name, text);
        return digest(text.append('b').append(HexFormat.of().formatHex(bytes)));
    }

    private static String digest(StringBuilder text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> fields = new TreeMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String field = parser.currentName();
                    parser.nextToken();
                    fields.put(field, value(parser));
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser));
                }
                yield elements;
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new BigDecimal(parser.getText());
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            case VALUE_NULL -> null;
            default -> parser.getText();
        };
    }

    /** Unambiguous: every value begins with its kind, and strings and collections with their length. */
    private static void append(@Nullable Object value, StringBuilder text) {
        if (value instanceof Map<?, ?> fields) {
            text.append('{').append(fields.size());
            fields.forEach((name, field) -> {
                append(name, text);
                append(field, text);
            });
        } else if (value instanceof List<?> elements) {
            text.append('[').append(elements.size());
            elements.forEach(element -> append(element, text));
        } else if (value instanceof BigDecimal number) {
            BigDecimal stripped = number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
            text.append('#').append(stripped.unscaledValue()).append('e').append(-stripped.scale());
        } else if (value instanceof String string) {
            text.append('"').append(string.length()).append(':').append(string);
        } else {
            text.append(value);
        }
    }
}
