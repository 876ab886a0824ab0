package io.holdfast.delivery;

import org.jspecify.annotations.Nullable;

/** Checks and reads payloads for delivery; the room {@code app} provides it. Any thread. */
public interface Payloads {

    /**
     * Checks that the text is exactly one JSON value.
     *
     * @return its UTF-8 bytes in compact form, without raw line breaks
     * @throws DeliveryException {@link DeliveryException.Reason#INVALID} naming the field {@code data}
     */
    byte[] compact(String json);

    /** The string, number or boolean at a JSON pointer; null if there is none. */
    @Nullable
    String textAt(byte[] payload, String pointer);

    /** A hash of the stream's name and the payload's canonical content. */
    String contentHash(String stream, byte[] payload);
}
