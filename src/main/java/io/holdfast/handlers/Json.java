package io.holdfast.handlers;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Values of decisions as JSON. */
final class Json {
    private Json() {}

    static byte @Nullable [] of(@Nullable Object value, Function<Object, byte[]> json) {
        return value == null ? null : json.apply(value);
    }
}
