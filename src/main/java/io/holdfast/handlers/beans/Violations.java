package io.holdfast.handlers.beans;

import io.holdfast.handlers.HandlerException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Violations of the constraints of a method's parameters, as the client is told of them. */
final class Violations {
    private static final String EXCEPTION = "jakarta.validation.ConstraintViolationException";
    private static final int MOST_PATHS = 10;
    private static final int MOST_CHARACTERS = 500;

    private Violations() {}

    /**
     * Error 107 with the paths in the payload, such as {@code data.lines[2].price}; null if the failure is something else: then
     * it is not the client's mistake.
     *
     * @param payloadIndex of the payload among the method's parameters
     */
    static @Nullable HandlerException ofPayload(Throwable thrown, Method method, int payloadIndex) {
        return thrown.getClass().getName().equals(EXCEPTION) ? Reader.read(thrown, method, payloadIndex) : null;
    }

    /** A separate class, so that it is not loaded if the server does not have Bean Validation. */
    private static final class Reader {
        private Reader() {}

        static @Nullable HandlerException read(Throwable thrown, Method method, int payloadIndex) {
            Set<String> paths = new TreeSet<>();
            for (ConstraintViolation<?> violation : ((ConstraintViolationException) thrown).getConstraintViolations()) {
                String path = path(violation.getPropertyPath(), method, payloadIndex);
                if (path == null) {
                    return null;
                }
                paths.add(path);
            }
            if (paths.isEmpty()) {
                return null;
            }
            String text = String.join(", ", paths.stream().limit(MOST_PATHS).toList());
            return new HandlerException(
                    HandlerException.BAD_REQUEST,
                    "bad request: " + text.substring(0, Math.min(text.length(), MOST_CHARACTERS)));
        }

        /** Null if it is not within the payload of this method's call. */
        private static @Nullable String path(Path path, Method method, int payloadIndex) {
            StringBuilder text = new StringBuilder();
            for (Path.Node node : path) {
                if (node.getKind() == ElementKind.METHOD) {
                    if (!node.getName().equals(method.getName())) {
                        return null;
                    }
                } else if (node.getKind() == ElementKind.PARAMETER) {
                    if (node.as(Path.ParameterNode.class).getParameterIndex() != payloadIndex) {
                        return null;
                    }
                    text.append("data");
                } else if (text.isEmpty()) {
                    return null;
                } else {
                    append(text, node);
                }
            }
            return text.isEmpty() ? null : text.toString();
        }

        /** A node says of the one before it at which place it stands. */
        private static void append(StringBuilder text, Path.Node node) {
            if (node.isInIterable()) {
                Object place = node.getIndex() == null ? node.getKey() : node.getIndex();
                text.append('[').append(place == null ? "" : place).append(']');
            }
            if (node.getKind() == ElementKind.PROPERTY && node.getName() != null) {
                text.append('.').append(node.getName());
            }
        }
    }
}
