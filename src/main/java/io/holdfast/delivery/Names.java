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
        int length = name.length();
        if (length == 0 || length > maxBytes) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            if (c >= 0x80) {
                return allVisible(name, i) && name.getBytes(StandardCharsets.UTF_8).length <= maxBytes;
            }
            if (Character.isISOControl(c)) {
                return false;
            }
        }
        return true; // ASCII: a byte for each character
    }

    private static boolean allVisible(String name, int start) {
        int point;
        for (int i = start; i < name.length(); i += Character.charCount(point)) {
            point = name.codePointAt(i);
            if (!isVisible(point)) {
                return false;
            }
        }
        return true;
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
