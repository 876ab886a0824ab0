package io.holdfast.http;

import io.holdfast.json.JsonOutput;
import io.holdfast.protocol.ErrorCode;

/**
 * An error in the compatible shape.
 *
 * @param message for people
 */
record CompatibleError(ErrorCode code, String message) {

    /** @param detail what to do, without anything of the values */
    static CompatibleError of(ErrorCode code, String detail) {
        return new CompatibleError(code, code.message() + ": " + detail);
    }

    /** Writes {@code {"code":…,"message":…}}. */
    JsonOutput write(JsonOutput json) {
        return json.raw("{\"code\":")
                .number(code.code())
                .raw(",\"message\":")
                .string(message)
                .raw("}");
    }

    /** {@code {"error":{…}}} with 200; for a caller that reads only the status, the error alone with a status of its own. */
    Answer answer() {
        byte[] error = write(new JsonOutput()).toBytes();
        byte[] whole = new JsonOutput().raw("{\"error\":").raw(error).raw("}").toBytes();
        return new Answer(200, whole, 0, null, new Answer(status(), error, 0, null, null));
    }

    /** As Centrifugo maps its codes. */
    private int status() {
        return switch (code) {
            case INTERNAL, NOT_STORED, OUTCOME_UNKNOWN -> 500;
            case UNAUTHORIZED, TOKEN_EXPIRED, EXPIRED -> 401;
            case PERMISSION_DENIED -> 403;
            case UNKNOWN_CHANNEL, METHOD_NOT_FOUND -> 404;
            case ALREADY_SUBSCRIBED, LIMIT_EXCEEDED -> 409;
            case BAD_REQUEST, INVALID_CLIENT, NOT_AVAILABLE -> 400;
            case TOO_MANY_REQUESTS -> 429;
            case UNRECOVERABLE_POSITION -> 416;
        };
    }
}
