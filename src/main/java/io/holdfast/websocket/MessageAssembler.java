package io.holdfast.websocket;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Joins the parts of a message, up to a maximum size. A longer message is handed on as far as
 * it has come, which is already more than a client may send, and the rest is discarded. Used by one thread at a time.
 *
 * @param <T> a part, and the whole
 */
final class MessageAssembler<T> {
    /** Bytes or characters: above the limit that the conversation checks, so that it answers and counts. */
    static final int CEILING = 256 * 1024;

    private final int ceiling;
    private final Consumer<T> append;
    private final IntSupplier length;
    private final Supplier<T> take;
    private boolean beyond;

    private MessageAssembler(int ceiling, Consumer<T> append, IntSupplier length, Supplier<T> take) {
        this.ceiling = ceiling;
        this.append = append;
        this.length = length;
        this.take = take;
    }

    static MessageAssembler<String> ofText() {
        StringBuilder text = new StringBuilder(0);
        return new MessageAssembler<>(CEILING, text::append, text::length, () -> {
            String whole = text.toString();
            text.setLength(0);
            text.trimToSize();
            return whole;
        });
    }

    static MessageAssembler<byte[]> ofBytes() {
        return ofBytes(CEILING);
    }

    static MessageAssembler<byte[]> ofBytes(int ceiling) {
        Bytes bytes = new Bytes();
        return new MessageAssembler<>(ceiling, bytes::writeBytes, bytes::size, bytes::take);
    }

    /** @param last whether it ends the message @return the message; null if it is not complete, or was handed on before */
    @Nullable
    T add(T part, boolean last) {
        if (beyond) {
            beyond = !last;
            return null;
        }
        if (last && length.getAsInt() == 0) {
            return part; // nearly all: in one piece
        }
        append.accept(part);
        beyond = !last && length.getAsInt() > ceiling;
        return last || beyond ? take.get() : null;
    }

    /** Frees its memory. */
    private static final class Bytes extends ByteArrayOutputStream {
        Bytes() {
            super(0);
        }

        byte[] take() {
            byte[] whole = toByteArray();
            buf = new byte[0];
            count = 0;
            return whole;
        }
    }
}
