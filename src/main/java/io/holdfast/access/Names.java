package io.holdfast.access;

import java.nio.charset.StandardCharsets;

/**
 * What clients, devices and channels may be called: not empty, of limited length in UTF-8, without control characters.
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
        // A code point that is a surrogate stands alone.
        return !name.isEmpty()
                && name.length() <= maxBytes
                && name.codePoints().noneMatch(c -> Character.isISOControl(c) || (c >= 0xD800 && c <= 0xDFFF))
                && name.getBytes(StandardCharsets.UTF_8).length <= maxBytes;
    }
}
