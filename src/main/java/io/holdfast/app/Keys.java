package io.holdfast.app;

import io.holdfast.app.ConfigurationException.Mistake;
import io.holdfast.configuration.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.eclipse.microprofile.config.Config;

/**
 * Reads and checks configured values; an empty one counts as not set. A bad one is noted, and its default is read in its place, so
 * that {@link #end} knows all mistakes at once. Remembers what it was asked for, so that the description of all keys can be
 * compared with the code. Used by one thread until all is read.
 */
final class Keys {
    private static final List<String> ANY = List.of();
    private static final String FILE = "file:";

    private final Config config;
    private final List<Known> known = new ArrayList<>();
    private final List<Mistake> mistakes = new ArrayList<>();

    /**
     * A key that was asked for.
     *
     * @param defaultValue as it would be written; empty for none
     * @param allowed the least and the most of a number or time, else every choice; empty for any text
     */
    record Known(String key, String defaultValue, List<String> allowed) {}

    Keys(Config config) {
        this.config = config;
    }

    /** In the order in which they were asked for. */
    List<Known> known() {
        return List.copyOf(known);
    }

    /** Notes a value that is not allowed. @param value never a secret */
    void refuse(String key, String value, String allowed) {
        Mistake mistake = new Mistake(key, value, allowed);
        if (!mistakes.contains(mistake)) {
            mistakes.add(mistake);
        }
    }

    /** Ends reading. @throws ConfigurationException that names every value that was refused, if there is one */
    void end() {
        if (!mistakes.isEmpty()) {
            throw new ConfigurationException(mistakes);
        }
    }

    String text(String key, String defaultValue) {
        return value(key, defaultValue, ANY);
    }

    private String value(String key, String defaultValue, List<String> allowed) {
        known.add(new Known(key, defaultValue, allowed));
        return config.getOptionalValue(key, String.class)
                .map(String::trim)
                .filter(value -> !value.isEmpty())
                .orElse(defaultValue);
    }

    /** A value, or what the file contains whose path the value names after {@value #FILE}. */
    static String content(String value) throws IOException {
        return isFile(value) ? Files.readString(Path.of(value.substring(FILE.length()))) : value;
    }

    static boolean isFile(String value) {
        return value.startsWith(FILE);
    }

    Path path(String key, Path defaultValue) {
        String value = text(key, "");
        try {
            return value.isEmpty() ? defaultValue : Path.of(value);
        } catch (InvalidPathException e) {
            refuse(key, value, "the path of a directory");
            return defaultValue;
        }
    }

    List<String> list(String key) {
        return Values.list(text(key, ""));
    }

    /** @param reader throws an {@link IllegalArgumentException} that names the allowed values */
    private <T> T read(String key, String value, T defaultValue, Function<String, T> reader) {
        try {
            return reader.apply(value);
        } catch (IllegalArgumentException e) {
            refuse(key, value, String.valueOf(e.getMessage()));
            return defaultValue;
        }
    }

    boolean flag(String key, boolean defaultValue) {
        String value = value(key, Boolean.toString(defaultValue), List.of("true", "false"));
        return read(key, value, defaultValue, Values::flag);
    }

    int integer(String key, int defaultValue, int min, int max) {
        return (int) number(key, defaultValue, min, max);
    }

    long number(String key, long defaultValue, long min, long max) {
        String value = value(key, Long.toString(defaultValue), List.of(Long.toString(min), Long.toString(max)));
        return read(key, value, defaultValue, text -> Values.number(text, min, max));
    }

    Duration duration(String key, Duration defaultValue, Duration min, Duration max) {
        String value = value(key, defaultValue.toString(), List.of(min.toString(), max.toString()));
        return read(key, value, defaultValue, text -> Values.time(text, min, max));
    }

    ZoneId zone(String key, ZoneId defaultValue) {
        return read(key, text(key, defaultValue.getId()), defaultValue, Values::zone);
    }

    <E extends Enum<E>> E choice(String key, E defaultValue) {
        List<E> choices = List.of(defaultValue.getDeclaringClass().getEnumConstants());
        List<String> names = choices.stream().map(Keys::name).toList();
        String value = value(key, name(defaultValue), names);
        return read(key, value, defaultValue, text -> choices.get(Values.choice(text, names)));
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
