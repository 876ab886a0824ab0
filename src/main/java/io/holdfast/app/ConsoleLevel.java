package io.holdfast.app;

import java.util.logging.Level;

/** Of what belongs on the server's console though nothing is wrong. */
final class ConsoleLevel {
    static final Level SEEN = seen();

    private ConsoleLevel() {}

    /** Liberty's console has no information below its own level AUDIT, which other servers do not know. */
    private static Level seen() {
        try {
            return Level.parse("AUDIT");
        } catch (IllegalArgumentException e) {
            return Level.INFO;
        }
    }
}
