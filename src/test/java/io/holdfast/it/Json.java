package io.holdfast.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.yaml.snakeyaml.Yaml;

/** JSON as the tests write it. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    /** Reads one value. */
    static JsonNode read(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    /** Reads a document of YAML. */
    static JsonNode ofYaml(String text) {
        Object document = new Yaml().load(text);
        return MAPPER.valueToTree(document);
    }

    /** An object written with single quotes: {@code object("{'n': %d}", 1)}. */
    static ObjectNode object(String template, Object... values) {
        return (ObjectNode) read(String.format(template.replace('\'', '"'), values));
    }
}
