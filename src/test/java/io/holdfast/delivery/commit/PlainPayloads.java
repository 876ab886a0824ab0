package io.holdfast.delivery.commit;

import io.holdfast.delivery.Payloads;
import java.nio.charset.StandardCharsets;

/** Payloads as they are, for tests: no JSON is looked at. */
public final class PlainPayloads implements Payloads {

    @Override
    public byte[] compact(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String textAt(byte[] payload, String pointer) {
        String text = new String(payload, StandardCharsets.UTF_8);
        return text.startsWith(pointer) ? text.substring(pointer.length()) : null;
    }

    @Override
    public String contentHash(String stream, byte[] payload) {
        return stream + new String(payload, StandardCharsets.UTF_8);
    }
}
