package io.holdfast.it;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A publication as a client sees it.
 *
 * @param offset 0 where the message has none
 * @param tags absent tags are a missing node
 */
record Pub(String channel, long offset, JsonNode data, JsonNode tags) {

    static Pub of(String channel, JsonNode pub) {
        return new Pub(channel, pub.path("offset").asLong(), pub.path("data"), pub.path("tags"));
    }

    /** The message id, or null. */
    String id() {
        return tags.path("id").textValue();
    }

    /** The number that these tests put into a payload as {@code {"n": …}}. */
    int n() {
        return data.path("n").asInt(-1);
    }
}
