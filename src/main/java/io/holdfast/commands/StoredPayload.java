package io.holdfast.commands;

import io.holdfast.access.PayloadForm;
import io.holdfast.protocol.PayloadContent;
import io.holdfast.stream.OpaquePayload;
import org.jspecify.annotations.Nullable;

/** Payloads as they come and go in bytes, and as they are stored: JSON, or an {@link OpaquePayload}. */
public final class StoredPayload {
    private StoredPayload() {}

    /**
     * How a payload that came in bytes is stored. Where it must be JSON and is not, delivery refuses what this returns.
     *
     * @param form of its namespace: where any bytes may be published, subscribers get them byte for byte
     */
    public static byte[] of(byte[] bytes, PayloadForm form) {
        byte[] json = PayloadContent.json(bytes);
        if (json == null || (json != bytes && form == PayloadForm.ANY)) {
            return OpaquePayload.of(bytes);
        }
        return json;
    }

    /** One compact JSON value; null if it is none. */
    public static byte @Nullable [] json(byte[] stored) {
        return OpaquePayload.is(stored) ? PayloadContent.json(OpaquePayload.bytes(stored)) : stored;
    }
}
