package io.holdfast.handlers;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a client's publication; {@link #accept} publishes it as it came. Immutable: each method returns a changed copy.
 *
 * @param done whether the application has done everything: then nothing is published, and the client's publish succeeds
 * @param data published instead, as {@link ConnectDecision#data}; null for what the client sent
 * @param tags published instead; null for those of the client
 */
public record PublishDecision(
        boolean done, @Nullable Object data, @Nullable Map<String, String> tags) {

    private static final PublishDecision ACCEPT = new PublishDecision(false, null, null);

    public static PublishDecision accept() {
        return ACCEPT;
    }

    /** Nothing is published, and the client's publish succeeds. */
    public static PublishDecision handled() {
        return new PublishDecision(true, null, null);
    }

    public PublishDecision withData(Object data) {
        return new PublishDecision(done, data, tags);
    }

    public PublishDecision withTags(Map<String, String> tags) {
        return new PublishDecision(done, data, Map.copyOf(tags));
    }

    /** With its value as JSON. */
    public PublishDecision encoded(Function<Object, byte[]> json) {
        return new PublishDecision(done, Json.of(data, json), tags);
    }
}
