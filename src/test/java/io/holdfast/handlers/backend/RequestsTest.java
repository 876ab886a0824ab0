package io.holdfast.handlers.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.handlers.Caller;
import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.Link;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestsTest {

    @Test
    void a_payload_that_is_not_json_comes_in_base64() {
        assertThat(body(null, new byte[] {0, 'x'}))
                .contains("\"b64data\":\"AHg=\"")
                .doesNotContain("\"data\"");
        assertThat(body("{}".getBytes(StandardCharsets.UTF_8), "{\n}".getBytes(StandardCharsets.UTF_8)))
                .contains("\"data\":{}")
                .doesNotContain("b64data");
    }

    private static String body(byte[] json, byte[] bytes) {
        Caller caller = new Caller("u1", false, null, "c1", Map.of(), Set.of(), "10.0.0.9", Map.of());
        ClientCall call = new ClientCall(caller, new Link("websocket", "protobuf"), "blob:1", json, bytes, null);
        return new String(Requests.body(BackendEvent.PUBLISH, call, false), StandardCharsets.UTF_8);
    }
}
