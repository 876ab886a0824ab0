package io.holdfast.http;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a query string; one that is empty counts as absent. */
record Parameters(Map<String, String[]> values) {

    @Nullable
    String text(String name) {
        String[] given = values.get(name);
        return given == null || given.length == 0 || given[0].isEmpty() ? null : given[0];
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
        throw new Wrong(Answer.error(400, "invalid_field", name + " must be a whole number from 0 to " + most, name));
    }

    /** A parameter is not what was wanted; carries the answer that says so. */
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
