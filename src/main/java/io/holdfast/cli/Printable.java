package io.holdfast.cli;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Text from elsewhere, made harmless for a terminal: what has no looks of its own (control and format characters, line
 * separators, halves of surrogate pairs) becomes {@code \\u001b} and the like. JSON in one line stays the same JSON.
 */
final class Printable {
    private Printable() {}

    static String of(String text) {
        if (text.codePoints().allMatch(Printable::isVisible)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(codePoint -> {
            if (isVisible(codePoint)) {
                escaped.appendCodePoint(codePoint);
            } else {
                for (char unit : Character.toChars(codePoint)) {
                    escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            }
        });
        return escaped.toString();
    }

    /** Whether a client, device or channel may be called so, as far as the looks and the length in UTF-8 go. */
    static boolean isName(String name, int maxBytes) {
        return !name.isEmpty()
                && name.codePoints().allMatch(Printable::isVisible)
                && name.getBytes(StandardCharsets.UTF_8).length <= maxBytes;
    }

    private static boolean isVisible(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}
