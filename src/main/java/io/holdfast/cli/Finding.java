package io.holdfast.cli;

import java.util.Locale;

/**
 * Something that a check has to say.
 *
 * @param where file and line, or the environment
 * @param key empty if it is about none
 * @param message never with a secret in it
 */
record Finding(Level level, String where, String key, String message) {
    enum Level {
        /** The server does not start so, or does not do what is written there. */
        ERROR,
        /** It starts, and something will not work. */
        WARNING,
        /** Not to be judged from here. */
        NOTE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
