package io.holdfast.protocol;

import io.holdfast.json.JsonInput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Reads a small object out of a payload and says which field is wrong. */
final class PayloadObject {

    private PayloadObject() {}

    /** Takes the value of one field, or skips it. */
    @FunctionalInterface
    interface FieldReader {
        void read(String field, JsonInput in) throws IOException, InvalidFieldException;
    }

    /** Whether the payload is an object; if so, each of its fields was read. */
    static boolean read(byte[] payload, FieldReader reader) throws InvalidFieldException {
        String field = "";
        try (JsonInput in = new JsonInput(new String(payload, StandardCharsets.UTF_8))) {
            if (!in.nextValue() || !in.isObject()) {
                return false;
            }
            for (String next = in.nextField(); next != null; next = in.nextField()) {
                field = next;
                reader.read(field, in);
            }
            return true;
        } catch (IOException e) {
            throw new InvalidFieldException(field, "has the wrong type");
        }
    }

    static InvalidFieldException required(String field) {
        return new InvalidFieldException(field, "is required");
    }
}
