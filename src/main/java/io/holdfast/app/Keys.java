package io.holdfast.app;

import io.holdfast.configuration.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.eclipse.microprofile.config.Config;

/**
 * Reads and checks configured values; a bad one is a {@link ConfigurationException}, an empty one counts as not set.
 * Remembers what it was asked for, so that the description of all keys can be compared with the code. Used by one
 * thread.
 */
final class Keys {
    private static final List<String> ANY = List.of();
    private static final String FILE = "file:";

    private final Config config;
    private final List<Known> known = new ArrayList<>();

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
        return value.isEmpty() ? defaultValue : Path.of(value);
    }

    List<String> list(String key) {
        return Values.list(text(key, ""));
    }

    /** @param reader throws an {@link IllegalArgumentException} that names the allowed values */
    private static <T> T read(String key, String value, Function<String, T> reader) {
        try {
            return reader.apply(value);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(key, value, String.valueOf(e.getMessage()));
        }
    }

    boolean flag(String key, boolean defaultValue) {
        return read(key, value(key, Boolean.toString(defaultValue), List.of("true", "false")), Values::flag);
    }

    int integer(String key, int defaultValue, int min, int max) {
        return (int) number(key, defaultValue, min, max);
    }

    long number(String key, long defaultValue, long min, long max) {
        String value = value(key, Long.toString(defaultValue), List.of(Long.toString(min), Long.toString(max)));
        return read(key, value, text -> Values.number(text, min, max));
    }

    Duration duration(String key, Duration defaultValue, Duration min, Duration max) {
        String value = value(key, defaultValue.toString(), List.of(min.toString(), max.toString()));
        return read(key, value, text -> Values.time(text, min, max));
    }

    ZoneId zone(String key, ZoneId defaultValue) {
        return read(key, text(key, defaultValue.getId()), Values::zone);
    }

    <E extends Enum<E>> E choice(String key, E defaultValue) {
        List<E> choices = List.of(defaultValue.getDeclaringClass().getEnumConstants());
        List<String> names = choices.stream().map(Keys::name).toList();
        return choices.get(read(key, value(key, name(defaultValue), names), text -> Values.choice(text, names)));
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
