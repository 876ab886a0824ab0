package io.holdfast.app;

import io.holdfast.configuration.KnownKey;
import java.util.List;
import java.util.stream.Collectors;

/** Configured values that stop the start. Has no stack trace: who reads it looks at the configuration, not at the code. */
final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** For people, one for each value, in the order in which they were read. */
    private final transient List<Mistake> mistakes;

    /**
     * A value that is not allowed.
     *
     * @param value never a secret
     */
    record Mistake(String key, String value, String allowed) {
        @Override
        public String toString() {
            return key + " has the value '" + value + "'; allowed is " + allowed;
        }
    }

    ConfigurationException(String key, String value, String allowed) {
        this(List.of(new Mistake(key, value, allowed)));
    }

    /** @param mistakes at least one */
    ConfigurationException(List<Mistake> mistakes) {
        super(text(mistakes), null, false, false);
        this.mistakes = List.copyOf(mistakes);
    }

    List<Mistake> mistakes() {
        return mistakes;
    }

    private static String text(List<Mistake> mistakes) {
        String key = mistakes.get(0).key();
        String all = mistakes.size() == 1
                ? "Configuration key " + mistakes.get(0)
                : "The configuration has " + mistakes.size() + " mistakes:"
                        + mistakes.stream().map(mistake -> "\n  " + mistake).collect(Collectors.joining());
        return all + (mistakes.size() == 1 ? ". " : "\n") + "Set a key in server.xml as <variable name=\"" + key
                + "\" value=\"…\"/>, or in the environment as " + KnownKey.variable(key)
                + ". docs/configuration.md describes all keys.";
    }
}
