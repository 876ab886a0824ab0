package io.holdfast.cli;

import io.holdfast.json.JsonInput;
import io.holdfast.json.MalformedJsonException;
import io.holdfast.json.RawJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What comes into a command beside its options: payloads and secrets, checked before anything is sent. */
final class Input {
    /** More than any payload that a server takes, and than any secret. */
    private static final int MAX_BYTES = 1 << 20;

    private Input() {}

    /** @param given on the command line; null or {@code -} for standard input */
    static String payload(@Nullable String given, Surroundings surroundings) {
        if (given == null && surroundings.terminal()) {
            throw Failure.usage(
                    "There is nothing to send",
                    "Give the JSON as the last argument, or - to type it and end with Ctrl-D.");
        }
        return payload(given == null || given.equals("-") ? text(surroundings.in(), "standard input") : given);
    }

    /** One JSON value in one line, to the letter. */
    static String payload(String text) {
        try {
            return new String(RawJson.compact(text), StandardCharsets.UTF_8);
        } catch (MalformedJsonException e) {
            throw Failure.usage(
                    "The payload is not one JSON value",
                    "JSON texts need double quotes: '\"hello\"'. In a shell, put single quotes around JSON.");
        }
    }

    static String text(InputStream in, String name) {
        try {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw Failure.usage(name + " is longer than " + MAX_BYTES + " bytes", "Use a shorter one.");
            }
            return JsonInput.utf8(bytes);
        } catch (IOException e) {
            throw Failure.usage(name + " cannot be read as UTF-8", "Check its content.");
        }
    }

    /** The text of a file with a key or secret, without white space around it; never shown. */
    static String secret(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            String secret = text(in, "The file " + file).strip();
            if (secret.isEmpty()) {
                throw Failure.usage("The file " + file + " is empty", "Put only the secret into it.");
            }
            return secret;
        } catch (IOException e) {
            throw Failure.usage("The file " + file + " cannot be read", "Check its path and permissions.");
        }
    }
}
