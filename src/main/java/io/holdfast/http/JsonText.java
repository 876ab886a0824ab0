package io.holdfast.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;

/** JSON being written, piece by piece; the caller sees to it that the pieces fit. */
final class JsonText {
    private static final JsonStringEncoder ENCODER = JsonStringEncoder.getInstance();

    private final StringBuilder json = new StringBuilder(128);

    /** Punctuation and names, as they are. */
    JsonText raw(String piece) {
        json.append(piece);
        return this;
    }

    JsonText json(JsonText piece) {
        json.append(piece.json);
        return this;
    }

    JsonText number(long value) {
        json.append(value);
        return this;
    }

    JsonText bool(boolean value) {
        json.append(value);
        return this;
    }

    /** A string, in quotes. */
    JsonText text(String value) {
        json.append('"');
        ENCODER.quoteAsString(value, json);
        json.append('"');
        return this;
    }

    /** A comma, unless it is the first of its list. */
    JsonText next(int index) {
        if (index > 0) {
            json.append(',');
        }
        return this;
    }

    byte[] bytes() {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
