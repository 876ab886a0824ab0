package io.holdfast.it;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Checks values against the part of JSON Schema that the API's description uses: {@code $ref}, {@code oneOf}, {@code type},
 * {@code enum}, {@code required}, {@code properties}, {@code additionalProperties}, {@code items}, {@code minProperties}.
 * An object must not have properties that are not described.
 */
record Schema(JsonNode document) {

    /** What is wrong with a value; empty if it fits. */
    List<String> violations(JsonNode schema, JsonNode value, String at) {
        List<String> found = new ArrayList<>();
        JsonNode resolved = schema;
        while (resolved.has("$ref")) {
            String reference = resolved.path("$ref").asText();
            resolved = document.at(reference.substring(1));
            if (resolved.isMissingNode()) {
                return List.of(reference + " is not in the document");
            }
        }
        if (resolved.has("oneOf")) {
            oneOf(resolved.path("oneOf"), value, at, found);
        }
        if (resolved.has("type") && !isOf(resolved.path("type").asText(), value)) {
            found.add(at + " is no " + resolved.path("type").asText() + ": " + value);
        }
        if (resolved.has("enum") && !contains(resolved.path("enum"), value)) {
            found.add(at + " is none of " + resolved.path("enum") + ": " + value);
        }
        if (value.isObject() && resolved.path("type").asText().equals("object")) {
            object(resolved, value, at, found);
        }
        if (value.isArray() && resolved.has("items")) {
            for (int i = 0; i < value.size(); i++) {
                found.addAll(violations(resolved.path("items"), value.path(i), at + "/" + i));
            }
        }
        return found;
    }

    private void oneOf(JsonNode choices, JsonNode value, String at, List<String> found) {
        int fitting = 0;
        List<String> all = new ArrayList<>();
        for (JsonNode choice : choices) {
            List<String> wrong = violations(choice, value, at);
            fitting += wrong.isEmpty() ? 1 : 0;
            all.addAll(wrong);
        }
        if (fitting != 1) {
            found.add(at + " fits " + fitting + " of the choices: " + all);
        }
    }

    private void object(JsonNode schema, JsonNode value, String at, List<String> found) {
        for (JsonNode name : schema.path("required")) {
            if (!value.has(name.asText())) {
                found.add(at + " lacks " + name.asText());
            }
        }
        if (value.size() < schema.path("minProperties").asInt()) {
            found.add(at + " has too few properties");
        }
        JsonNode others = schema.path("additionalProperties");
        Iterator<Map.Entry<String, JsonNode>> fields = value.fields();
        while (fields.hasNext()) {
            Map.Entry<String, JsonNode> field = fields.next();
            JsonNode described = schema.path("properties").get(field.getKey());
            if (described == null && !others.isObject() && schema.has("properties")) {
                found.add(at + " has " + field.getKey() + ", which is not described");
            } else if (described != null || others.isObject()) {
                found.addAll(
                        violations(requireNonNullElse(described, others), field.getValue(), at + "/" + field.getKey()));
            }
        }
    }

    private static boolean isOf(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> throw new AssertionError("the document uses the type " + type);
        };
    }

    private static boolean contains(JsonNode values, JsonNode value) {
        for (JsonNode each : values) {
            if (each.equals(value)) {
                return true;
            }
        }
        return false;
    }
}
