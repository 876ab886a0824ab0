package io.holdfast.http;

import io.holdfast.json.JsonInput;
import java.net.URLDecoder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a query string; one that is empty counts as absent. */
record Parameters(Map<String, String[]> values) {

    /**
     * Reads only the query string: the container would also read parameters from a form's body, even from an incomplete one.
     *
     * @param query as it came, null if there is none
     * @throws Wrong if it is not well formed
     */
    static Parameters of(@Nullable String query) {
        Map<String, String[]> values = new HashMap<>();
        for (String pair : query == null ? new String[0] : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            String[] before = values.getOrDefault(name, new String[0]);
            String[] all = Arrays.copyOf(before, before.length + 1);
            all[before.length] = value;
            values.put(name, all);
        }
        return new Parameters(values);
    }

    private static String decoded(String text) {
        try {
            // Bytes as characters first: the decoder would replace what is not UTF-8.
            return JsonInput.utf8(
                    URLDecoder.decode(text, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new Wrong(Answer.error(400, "invalid_query", "The query string is not well formed"));
        }
    }

    @Nullable
    String text(String name) {
        String[] given = values.get(name);
        return given == null || given.length == 0 || given[0].isEmpty() ? null : given[0];
    }

    String textOr(String name, String absent) {
        String text = text(name);
        return text == null ? absent : text;
    }

    /** @throws Wrong if it is absent */
    String required(String name) {
        String text = text(name);
        if (text == null) {
            throw new Wrong(Answer.error(400, "missing_field", name + " is required", name));
        }
        return text;
    }

    /** @throws Wrong unless it is a whole number from 0 to {@code most} */
    long number(String name, long absent, long most) {
        String text = text(name);
        if (text == null) {
            return absent;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= 0 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // answered below
        }
        throw new Wrong(Answer.error(400, "invalid_field", Binder.mustBeWhole(name, 0, most), name));
    }

    /** A parameter is wrong; the exception carries the answer that says so. */
    static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Answer answer;

        Wrong(Answer answer) {
            super(null, null, false, false);
            this.answer = answer;
        }

        Answer answer() {
            return answer;
        }
    }
}
