package io.holdfast.delivery;

/** Checks what an application hands in as payload. Any thread. */
public interface PayloadCheck {

    /**
     * Checks that the text is exactly one JSON value.
     *
     * @return its UTF-8 bytes in compact form, without raw line breaks
     * @throws DeliveryException {@link DeliveryException.Reason#INVALID} naming the field {@code data}
     */
    byte[] compact(String json);
}
