package io.holdfast.delivery;

import java.nio.charset.StandardCharsets;

/**
 * What clients, devices and channels may be called: not empty, of limited length in UTF-8, without anything that has no
 * looks of its own: control characters, format characters (zero-width, bidirectional), line and paragraph separators,
 * halves of surrogate pairs. So two names that differ can be told apart in a log, as far as their letters can.
 *
 * <p>Names are compared as they are: nothing is decoded, folded, trimmed or normalised.
 */
public final class Names {

    public static final int MAX_CLIENT_BYTES = 200;
    public static final int MAX_DEVICE_BYTES = 64;
    public static final int MAX_CHANNEL_BYTES = 255;

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
