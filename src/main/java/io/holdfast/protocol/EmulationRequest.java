package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.json.JsonInput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A client's frame on its way to its conversation, over transports that carry only what the server says (source: the public
 * schema's message of this name).
 *
 * @param session from the connect reply
 * @param node from the connect reply
 * @param data the frame; in JSON its text in UTF-8
 */
public record EmulationRequest(String session, String node, byte[] data) {

    /** Unknown fields are skipped; null if the text is not such a request. */
    public static @Nullable EmulationRequest parse(String json) {
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
        return session == null || node == null || data == null
                ? null
                : new EmulationRequest(session, node, data.getBytes(UTF_8));
    }

    /** The same in Protobuf, where the request is the whole body, without a length before it. */
    public static @Nullable EmulationRequest parse(byte[] protobuf) {
        String session = "";
        String node = "";
        byte[] data = {};
        try {
            ProtobufInput in = new ProtobufInput(protobuf);
            for (int field = in.nextField(); field != 0; field = in.nextField()) {
                switch (field) {
                    case Field.EmulationRequest.NODE -> node = in.string();
                    case Field.EmulationRequest.SESSION -> session = in.string();
                    case Field.EmulationRequest.DATA -> data = in.bytes();
                    default -> in.skip();
                }
            }
        } catch (MalformedFrameException e) {
            return null;
        }
        return session.isEmpty() || node.isEmpty() || data.length == 0
                ? null
                : new EmulationRequest(session, node, data);
    }

    /** Never shows the session or the frame. */
    @Override
    public String toString() {
        return "EmulationRequest[node=" + node + "]";
    }
}
