package io.holdfast.handlers.backend;

import io.holdfast.handlers.ClientCall;
import jakarta.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a connect token says to back ends only: its claim {@code meta}. */
final class TokenMeta {
    private TokenMeta() {}

    /** The claim, if it is an object; null without it. */
    @SuppressWarnings("unchecked") // the names in JSON are text
    static byte @Nullable [] of(ClientCall call) {
        return call.caller().claims().get("meta") instanceof Map<?, ?> object
                ? Json.createObjectBuilder((Map<String, ?>) object)
                        .build()
                        .toString()
                        .getBytes(StandardCharsets.UTF_8)
                : null;
    }
}
