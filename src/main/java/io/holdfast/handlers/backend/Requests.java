package io.holdfast.handlers.backend;

import io.holdfast.handlers.ClientCall;
import io.holdfast.json.JsonOutput;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Writes the bodies of requests, in the shape of Centrifugo's proxies. */
final class Requests {
    private Requests() {}

    /** @param meta whether it has what the back end has said of the connection or, where it has said nothing, the token's claim */
    static byte[] body(BackendEvent event, ClientCall call, boolean meta) {
        JsonOutput json = new JsonOutput(512)
                .open()
                .field("client", call.caller().connection())
                .field("transport", call.link().transport())
                .field("protocol", call.link().protocol())
                .field("encoding", "json") // of the payload
                .field("user", call.caller().client());
        String device = call.caller().device();
        if (device != null) {
            json.field("device", device);
        }
        json.field(event == BackendEvent.RPC ? "method" : "channel", call.target());
        value(json, "data", call.data());
        if (call.data() == null && call.bytes() != null) {
            json.field("b64data", Base64.getEncoder().encodeToString(call.bytes()));
        }
        if (meta) {
            value(json, "meta", call.meta() == null ? TokenMeta.of(call) : call.meta());
        }
        return json.close().toBytes();
    }

    private static void value(JsonOutput json, String name, byte @Nullable [] value) {
        if (value != null) {
            json.name(name).raw(value).comma();
        }
    }
}
