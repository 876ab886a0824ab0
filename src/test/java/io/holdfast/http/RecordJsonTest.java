package io.holdfast.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.json.JsonOutput;
import io.holdfast.stream.OpaquePayload;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RecordJsonTest {

    private record Letter(int number, byte[] payload) {}

    @Test
    void a_payload_is_the_json_that_it_is_or_its_bytes_in_base64() {
        assertThat(json("{\"a\":1}".getBytes(StandardCharsets.UTF_8))).isEqualTo("{\"number\":7,\"data\":{\"a\":1}}");
        assertThat(json(OpaquePayload.of("[1,\n2]".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("{\"number\":7,\"data\":[1,2]}");
        assertThat(json(OpaquePayload.of(new byte[] {0, 'x'}))).isEqualTo("{\"number\":7,\"b64data\":\"AHg=\"}");
    }

    private static String json(byte[] payload) {
        JsonOutput json = new JsonOutput();
        RecordJson.write(new Letter(7, payload), json);
        return new String(json.toBytes(), StandardCharsets.UTF_8);
    }
}
