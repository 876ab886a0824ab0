package io.holdfast.http;

import io.holdfast.delivery.OutsideTime;
import io.holdfast.json.JsonInput;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON objects of one kind into a target, in one pass. The fields are declared once, each with its name and a method
 * that takes its value. A mistake is reported to the target, and reading continues after it, so that the rest of a batch is
 * read. A binder does not change after its declaration, and a call allocates only the values that are read.
 */
final class Binder<T extends Binder.Target> {
    /** The longest time that a call may name: more is a mistake in the unit. */
    private static final BigDecimal LONGEST_SECONDS = BigDecimal.valueOf(OutsideTime.LONGEST.toSeconds());

    /** What a field holds that was not set. */
    private static final Set<String> UNSET = Set.of("null", "\"\"", "0", "false", "{}", "[]");

    private final boolean strict;
    private final Map<String, Setter<T>> setters = new LinkedHashMap<>();

    /** The object that values are read into. */
    interface Target {
        /**
         * Something is wrong; the first mistake counts.
         *
         * @param code a fixed word for programs
         * @param message a sentence that says what to do, without anything of the values
         */
        void refuse(String code, String field, String message);
    }

    /** Takes the present value. */
    @FunctionalInterface
    interface Setter<T> {
        /**
         * @throws JsonInput.WrongType if it is of another type; {@link Wrong} if it is not allowed
         * @throws IOException if it is not JSON
         */
        void set(T target, JsonInput in) throws IOException;
    }

    /** A value of the right type that is not allowed. */
    static final class Wrong extends IOException {
        private static final long serialVersionUID = 1L;

        /** @param message a sentence that begins with the field */
        Wrong(String message) {
            super(message);
        }

        /** Bad input costs no stack trace. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private Binder(boolean strict) {
        this.strict = strict;
    }

    /** Refuses fields that are not declared. */
    static <T extends Target> Binder<T> strict() {
        return new Binder<>(true);
    }

    /** Ignores fields that are not declared, as existing libraries expect. */
    static <T extends Target> Binder<T> lenient() {
        return new Binder<>(false);
    }

    Binder<T> field(String name, Setter<T> setter) {
        setters.put(name, setter);
        return this;
    }

    /** Where {@code null} is the same as no field. */
    Binder<T> optional(String name, Setter<T> setter) {
        return field(name, (target, in) -> {
            if (!in.isNull()) {
                setter.set(target, in);
            }
        });
    }

    /** A field that would change what the call means, and that is refused unless it is as good as absent. */
    Binder<T> unsupported(String name, String by) {
        return field(name, (target, in) -> {
            if (isSet(in)) {
                throw new Wrong(name + " is not supported by " + by);
            }
        });
    }

    /** The same with these fields only. */
    Binder<T> only(String... names) {
        Binder<T> some = new Binder<>(strict);
        for (String name : names) {
            some.setters.put(name, setters.get(name));
        }
        return some;
    }

    /** The same, for more fields to be declared. */
    Binder<T> copy() {
        Binder<T> same = new Binder<>(strict);
        same.setters.putAll(setters);
        return same;
    }

    /** Reads a whole body. @throws IOException if it is not one JSON object */
    void read(byte[] body, T target) throws IOException {
        try (JsonInput in = begin(body)) {
            read(in, target);
            end(in);
        }
    }

    /** At the object that a body must be. @throws IOException if it is something else */
    static JsonInput begin(byte[] body) throws IOException {
        JsonInput in = new JsonInput(body);
        if (!in.nextValue() || !in.isObject()) {
            throw new JsonInput.WrongType("not an object");
        }
        return in;
    }

    /** Behind that object. @throws IOException if something follows */
    static void end(JsonInput in) throws IOException {
        if (in.nextValue()) {
            throw new JsonInput.WrongType("more than one value");
        }
    }

    /** Reads the present object. @throws IOException if it is not JSON */
    void read(JsonInput in, T target) throws IOException {
        read(in, target, "");
    }

    /** The same of an object within another. @param path of the field that it is, with a point at its end */
    void read(JsonInput in, T target, String path) throws IOException {
        in.enterObject();
        for (String field = in.nextField(); field != null; field = in.nextField()) {
            Setter<T> setter = setters.get(field);
            if (setter == null) {
                in.skip();
                if (strict) {
                    String known = String.join(", ", setters.keySet());
                    target.refuse("unknown_field", path + field, "This field is not known; known are " + known);
                }
                continue;
            }
            try {
                setter.set(target, in);
            } catch (JsonInput.WrongType e) {
                in.skip();
                target.refuse("invalid_field", path + field, path + field + " is " + e.getMessage());
            } catch (Wrong e) {
                target.refuse("invalid_field", path + field, String.valueOf(e.getMessage()));
            }
        }
    }

    /** Reads the present value; false for a value that a library sends for a field that is not set. */
    private static boolean isSet(JsonInput in) throws IOException {
        boolean scalar = !in.isObject() && !in.isArray();
        String value = new String(in.raw(), StandardCharsets.UTF_8);
        return !UNSET.contains(scalar ? value : value.replace(" ", ""));
    }

    static long whole(JsonInput in, String field, long least, long most) throws IOException {
        try {
            long number = in.decimal().longValueExact();
            if (number >= least && number <= most) {
                return number;
            }
        } catch (ArithmeticException e) {
            // the same message as for a number out of range
        }
        throw new Wrong(mustBeWhole(field, least, most));
    }

    static String mustBeWhole(String field, long least, long most) {
        return field + " must be a whole number from " + least + " to " + most;
    }

    /** What a string in base64 stands for; null for an empty one, which is as good as absent. */
    static byte @Nullable [] base64(JsonInput in, String field) throws IOException {
        String text = in.stringOrNull();
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new Wrong(field + " is not base64");
        }
    }

    /** A time of 0 to ten years. @param zero what 0 stands for */
    static BigDecimal seconds(JsonInput in, String field, String zero) throws IOException {
        BigDecimal seconds = in.decimal();
        if (seconds.signum() < 0 || seconds.compareTo(LONGEST_SECONDS) > 0) {
            throw new Wrong(field + " must be from 0 (" + zero + ") to " + LONGEST_SECONDS + " seconds");
        }
        return seconds;
    }

    /** A time of 1 second to ten years, in milliseconds. */
    static long wholeSeconds(JsonInput in, String field) throws IOException {
        return 1_000 * whole(in, field, 1, LONGEST_SECONDS.longValue());
    }

    /** Reads an array of strings to its end, wrong elements included. @param into in order, up to {@code most} of them */
    static void strings(JsonInput in, String field, Collection<String> into, int most) throws IOException {
        if (!in.isArray()) {
            throw new JsonInput.WrongType("not an array");
        }
        String wrong = null;
        while (in.nextElement()) {
            String text = textOrNull(in);
            if (text != null && into.size() < most) {
                into.add(text);
            } else if (wrong == null) {
                wrong = text == null ? field + " is not an array of strings" : field + " must not be more than " + most;
            }
        }
        if (wrong != null) {
            throw new Wrong(wrong);
        }
    }

    /** The present string; null if the value has another type, which is then skipped. */
    static @Nullable String textOrNull(JsonInput in) throws IOException {
        try {
            return in.stringOrNull();
        } catch (JsonInput.WrongType e) {
            in.skip();
            return null;
        }
    }
}
