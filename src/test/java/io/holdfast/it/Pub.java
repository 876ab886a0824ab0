package io.holdfast.it;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A publication as a client sees it.
 *
 * @param offset 0 where the message has none
 * @param tags absent tags are a missing node
 * @param info of the client that published it itself; a missing node if none did
 */
record Pub(String channel, long offset, JsonNode data, JsonNode tags, JsonNode info) {

    static Pub of(String channel, JsonNode pub) {
        return new Pub(channel, pub.path("offset").asLong(), pub.path("data"), pub.path("tags"), pub.path("info"));
    }

    /** The message id; null for a client that has not asked for the server's tags. */
    String id() {
        return tags.path("id").textValue();
    }

    /** The number that these tests put into a payload as {@code {"n": …}}. */
    int n() {
        return data.path("n").asInt(-1);
    }
}
