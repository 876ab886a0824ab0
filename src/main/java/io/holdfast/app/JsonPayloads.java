package io.holdfast.app;

import com.fasterxml.jackson.core.JsonPointer;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.Payloads;
import io.holdfast.json.MalformedJsonException;
import io.holdfast.json.RawJson;
import io.holdfast.protocol.PayloadContent;
import io.holdfast.stream.OpaquePayload;
import org.jspecify.annotations.Nullable;

/** Payloads as the protocol's room reads them. */
final class JsonPayloads implements Payloads {

    @Override
    public byte[] compact(String json) {
        try {
            return RawJson.compact(json);
        } catch (MalformedJsonException e) {
            throw DeliveryException.invalid("data", "data must be exactly one JSON value");
        }
    }

    @Override
    public @Nullable String textAt(byte[] payload, String pointer) {
        return OpaquePayload.is(payload) ? null : PayloadContent.textAt(payload, JsonPointer.compile(pointer));
    }

    @Override
    public String contentHash(String stream, byte[] payload) {
        return OpaquePayload.is(payload)
                ? PayloadContent.hashBytes(stream, OpaquePayload.bytes(payload))
                : PayloadContent.hash(stream, payload);
    }
}
