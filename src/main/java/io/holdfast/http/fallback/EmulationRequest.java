package io.holdfast.http.fallback;

import io.holdfast.json.JsonInput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A client's frame on its way to its conversation (source: the public schema's message of this name).
 *
 * @param session from the connect reply
 * @param node from the connect reply
 * @param data the frame
 */
record EmulationRequest(String session, String node, String data) {

    /** Unknown fields are skipped; null if the text is not such a request. */
    static @Nullable EmulationRequest parse(String json) {
        String session = null;
        String node = null;
        String data = null;
        try (JsonInput in = new JsonInput(json)) {
            if (!in.nextValue() || !in.enterObject()) {
                return null;
            }
            for (String field = in.nextField(); field != null; field = in.nextField()) {
                switch (field) {
                    case "session" -> session = in.stringOrNull();
                    case "node" -> node = in.stringOrNull();
                    case "data" -> data = in.stringOrNull();
                    default -> in.skip();
                }
            }
            if (in.nextValue()) {
                return null;
            }
        } catch (IOException e) {
            return null;
        }
        return session == null || node == null || data == null ? null : new EmulationRequest(session, node, data);
    }

    /** Never shows the session or the frame. */
    @Override
    public String toString() {
        return "EmulationRequest[node=" + node + "]";
    }
}
