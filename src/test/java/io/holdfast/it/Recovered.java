package io.holdfast.it;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What a subscriber gets back: the publications of the reply, then the pushes that follow. */
final class Recovered {
    private Recovered() {}

    static List<Pub> of(WireClient connection, String channel, JsonNode reply, int count) {
        List<Pub> all = new ArrayList<>();
        reply.path("publications").forEach(pub -> all.add(Pub.of(channel, pub)));
        all.addAll(connection.publications(channel, count - all.size()));
        return all;
    }
}
