package io.holdfast.delivery;

import io.holdfast.stream.StreamEngine;
import java.nio.charset.StandardCharsets;

/**
 * The rules for names of clients, devices and channels. A name is not empty, has a limited length in UTF-8, and contains no
 * invisible characters: control characters, format characters (zero-width, bidirectional), line and paragraph separators,
 * halves of surrogate pairs. So two different names look different in a log, unless their letters look alike.
 *
 * <p>Names are compared as they are: nothing is decoded, folded, trimmed or normalised.
 */
public final class Names {

    public static final int MAX_CLIENT_BYTES = 200;
    public static final int MAX_DEVICE_BYTES = 64;
    public static final int MAX_CHANNEL_BYTES = 255;

    /** The namespace of outboxes. No other channel is in it. */
    public static final String OUTBOX_NAMESPACE = String.valueOf(StreamEngine.OUTBOX_PREFIX);

    private static final char INTERNAL = 0;

    private Names() {}

    public static boolean isClient(String name) {
        return isName(name, MAX_CLIENT_BYTES);
    }

    public static boolean isDevice(String name) {
        return isName(name, MAX_DEVICE_BYTES);
    }

    public static boolean isChannel(String name) {
        return isName(name, MAX_CHANNEL_BYTES);
    }

    /** Whether a channel is a client's outbox. */
    public static boolean isOutbox(String channel) {
        return !channel.isEmpty() && channel.charAt(0) == StreamEngine.OUTBOX_PREFIX;
    }

    /** The channel that is a client's outbox. */
    public static String outbox(String client) {
        return OUTBOX_NAMESPACE + client;
    }

    /** The client of an outbox. */
    public static String clientOf(String outbox) {
        return outbox.substring(1);
    }

    /** Whether a stream belongs to the server itself. No publisher can write to such a stream. */
    public static boolean isInternal(String stream) {
        return !stream.isEmpty() && stream.charAt(0) == INTERNAL;
    }

    private static boolean isName(String name, int maxBytes) {
        return !name.isEmpty()
                && name.length() <= maxBytes
                && name.codePoints().allMatch(Names::isVisible)
                && name.getBytes(StandardCharsets.UTF_8).length <= maxBytes;
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            // A code point that is a surrogate stands alone.
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}
