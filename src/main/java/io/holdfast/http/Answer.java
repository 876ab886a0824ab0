package io.holdfast.http;

import io.holdfast.json.JsonOutput;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a caller: a status and JSON.
 *
 * @param retryAfterSeconds the header Retry-After; 0 for none
 * @param allow the header Allow, for a wrong method
 * @param byStatus of an error that goes out with 200: the same for a caller that reads only the status; else null
 */
record Answer(
        int status,
        byte[] json,
        int retryAfterSeconds,
        @Nullable String allow,
        @Nullable Answer byStatus) {

    static Answer ok(JsonOutput json) {
        return new Answer(200, json.toBytes(), 0, null, null);
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
        return new Answer(status, json.raw("}}").toBytes(), 0, null, null);
    }

    static Answer malformed() {
        return error(
                400,
                "invalid_json",
                "The body must be JSON in UTF-8: one object, nested at most 64 deep (to /api, one object a command)");
    }

    /** The answer for a caller that reads only the status. */
    Answer withStatus() {
        return byStatus == null ? this : byStatus;
    }

    Answer retryAfter(int seconds) {
        return new Answer(status, json, seconds, allow, byStatus);
    }

    Answer allowing(String method) {
        return new Answer(status, json, retryAfterSeconds, method, byStatus);
    }

    @Override
    public String toString() {
        return status + " " + new String(json, StandardCharsets.UTF_8);
    }
}
