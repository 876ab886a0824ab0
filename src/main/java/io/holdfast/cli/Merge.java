package io.holdfast.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code onConflict} of an include: what becomes of something that is configured before it and in it. */
enum Merge {
    /** What comes later goes before what came earlier. */
    MERGE,
    /** What is included takes the place of all that was there of this element. */
    REPLACE,
    /** What was there stays. */
    IGNORE;

    /** @param inherited where nothing is said, or nothing that Liberty knows */
    static Merge of(@Nullable String onConflict, Merge inherited) {
        if (onConflict == null) {
            return inherited;
        }
        return switch (onConflict.toUpperCase(Locale.ROOT)) {
            case "REPLACE" -> REPLACE;
            case "IGNORE" -> IGNORE;
            default -> MERGE;
        };
    }
}
