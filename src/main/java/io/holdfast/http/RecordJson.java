package io.holdfast.http;

import io.holdfast.commands.StoredPayload;
import io.holdfast.delivery.Gathered;
import io.holdfast.json.JsonOutput;
import io.holdfast.stream.OpaquePayload;
import java.lang.reflect.RecordComponent;
import java.util.Base64;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Records as JSON objects: names in snake case, moments as {@code …_at} and durations as {@code …_ms} in milliseconds,
 * enum constants in lower case, payloads ({@code byte[]}) as the JSON they are, under {@code data}, or
 * in base64 under {@code b64data}.
 */
final class RecordJson {
    private RecordJson() {}

    static Answer answer(Object value) {
        JsonOutput json = new JsonOutput();
        write(value, json);
        return Answer.ok(json);
    }

    /** The same of several nodes, with {@code missing_nodes} where one did not answer. */
    static Answer answer(Gathered<? extends Record> gathered) {
        JsonOutput json = new JsonOutput().raw("{");
        fields(gathered.value(), json);
        return Answer.ok(missing(gathered, json).raw("}"));
    }

    /** Adds a last field with the numbers of the nodes that did not answer, if there are any. */
    static JsonOutput missing(Gathered<?> gathered, JsonOutput json) {
        if (!gathered.missingNodes().isEmpty()) {
            write(gathered.missingNodes(), json.raw(",\"missing_nodes\":"));
        }
        return json;
    }

    /** {@code {"<name>":[…]}}. */
    static Answer list(String name, Collection<?> values) {
        JsonOutput json = new JsonOutput().raw("{").string(name).raw(":");
        write(values, json);
        return Answer.ok(json.raw("}"));
    }

    static void write(@Nullable Object value, JsonOutput json) {
        if (value == null) {
            json.raw("null");
        } else if (value instanceof Record fields) {
            object(fields, json);
        } else if (value instanceof Collection<?> values) {
            array(values, json);
        } else if (value instanceof Map<?, ?> entries) {
            map(entries, json);
        } else if (value instanceof Boolean flag) {
            json.bool(flag);
        } else if (value instanceof Double number) {
            json.raw(String.format(Locale.ROOT, "%.3f", number));
        } else if (value instanceof Number number) {
            json.number(number.longValue());
        } else if (value instanceof Enum<?> constant) {
            json.string(constant.name().toLowerCase(Locale.ROOT));
        } else {
            json.string(value.toString());
        }
    }

    /** A field {@code data} with a payload as the JSON that it is, or {@code b64data} with the bytes of one that is not. */
    static JsonOutput payload(byte[] stored, JsonOutput json) {
        byte[] data = StoredPayload.json(stored);
        return data == null
                ? json.raw("\"b64data\":").string(Base64.getEncoder().encodeToString(OpaquePayload.bytes(stored)))
                : json.raw("\"data\":").raw(data);
    }

    private static void object(Record fields, JsonOutput json) {
        json.raw("{");
        fields(fields, json);
        json.raw("}");
    }

    private static void fields(Record fields, JsonOutput json) {
        try {
            RecordComponent[] components = fields.getClass().getRecordComponents();
            for (int i = 0; i < components.length; i++) {
                Object value = components[i].getAccessor().invoke(fields);
                json.next(i);
                if (value instanceof byte[] payload) {
                    payload(payload, json);
                } else {
                    write(value, json.string(name(components[i].getName())).raw(":"));
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("A record's accessors are public", e);
        }
    }

    private static void array(Collection<?> values, JsonOutput json) {
        json.raw("[");
        int index = 0;
        for (Object value : values) {
            json.next(index++);
            write(value, json);
        }
        json.raw("]");
    }

    private static void map(Map<?, ?> entries, JsonOutput json) {
        json.raw("{");
        int index = 0;
        for (Map.Entry<?, ?> entry : entries.entrySet()) {
            json.next(index++).string(String.valueOf(entry.getKey())).raw(":");
            write(entry.getValue(), json);
        }
        json.raw("}");
    }

    static String name(String component) {
        if (component.equals("payload")) {
            return "data";
        }
        String shorter = component.replaceFirst("AtMillis$", "At").replaceFirst("(Millis|millis)$", "Ms");
        return shorter.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT).replaceFirst("^_", "");
    }
}
