package io.holdfast.http;

import io.holdfast.json.JsonOutput;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a caller: a status and JSON.
 *
 * @param retryAfterSeconds the header Retry-After; 0 for none
 * @param allow the header Allow, for a wrong method
 */
record Answer(
        int status,
        byte[] json,
        int retryAfterSeconds,
        @Nullable String allow) {

    static Answer ok(JsonOutput json) {
        return new Answer(200, json.toBytes(), 0, null);
    }

    static Answer error(int status, String code, String message) {
        return error(status, code, message, null);
    }

    /** The shape of all our errors: {@code {"error":{"code":…,"message":…,"field":…}}}, the field where one is at fault. */
    static Answer error(int status, String code, String message, @Nullable String field) {
        JsonOutput json = new JsonOutput()
                .raw("{\"error\":{\"code\":")
                .string(code)
                .raw(",\"message\":")
                .string(message);
        if (field != null) {
            json.raw(",\"field\":").string(field);
        }
        return new Answer(status, json.raw("}}").toBytes(), 0, null);
    }

    static Answer malformed() {
        return error(400, "invalid_json", "The body must be one JSON object in UTF-8, nested at most 64 deep");
    }

    Answer retryAfter(int seconds) {
        return new Answer(status, json, seconds, allow);
    }

    Answer allowing(String method) {
        return new Answer(status, json, retryAfterSeconds, method);
    }

    @Override
    public String toString() {
        return status + " " + new String(json, StandardCharsets.UTF_8);
    }
}
