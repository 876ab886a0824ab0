package io.holdfast.app;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.config.Config;

/**
 * Reads and checks configured values; a bad one is a {@link ConfigurationException}. Remembers what it was asked for, so
 * that the description of all keys can be compared with the code. Used by one thread.
 */
final class Keys {
    private static final List<String> ANY = List.of();

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
        return config.getOptionalValue(key, String.class).map(String::trim).orElse(defaultValue);
    }

    Path path(String key, Path defaultValue) {
        String value = text(key, "");
        return value.isEmpty() ? defaultValue : Path.of(value);
    }

    /** Values separated by commas; blanks around them do not count. */
    List<String> list(String key) {
        return Arrays.stream(text(key, "").split(",", -1))
                .map(String::trim)
                .filter(value -> !value.isEmpty())
                .toList();
    }

    boolean flag(String key, boolean defaultValue) {
        String value = value(key, Boolean.toString(defaultValue), List.of("true", "false"))
                .toLowerCase(Locale.ROOT);
        return switch (value) {
            case "true", "on", "yes" -> true;
            case "false", "off", "no" -> false;
            default -> throw new ConfigurationException(key, value, "true or false");
        };
    }

    int integer(String key, int defaultValue, int min, int max) {
        return (int) number(key, defaultValue, min, max);
    }

    long number(String key, long defaultValue, long min, long max) {
        String value = value(key, Long.toString(defaultValue), List.of(Long.toString(min), Long.toString(max)));
        try {
            long number = Long.parseLong(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the same message as for a number out of range
        }
        throw new ConfigurationException(key, value, "a whole number from " + min + " to " + max);
    }

    /** ISO-8601 ({@code PT5M}) or a number of seconds, to the millisecond. Units are refused: {@code 5d} is not 5 s. */
    Duration duration(String key, Duration defaultValue, Duration min, Duration max) {
        String value = value(key, defaultValue.toString(), List.of(min.toString(), max.toString()));
        try {
            Duration duration = value.toUpperCase(Locale.ROOT).startsWith("P")
                    ? Duration.parse(value)
                    : Duration.ofMillis(new BigDecimal(value).movePointRight(3).longValueExact());
            if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
                return duration;
            }
        } catch (DateTimeParseException | ArithmeticException | NumberFormatException e) {
            // the same message as for a time out of range
        }
        throw new ConfigurationException(key, value, "seconds or an ISO-8601 duration from " + min + " to " + max);
    }

    /** A zone with rules of its own, such as {@code Europe/Vienna}, or {@code UTC}. */
    ZoneId zone(String key, ZoneId defaultValue) {
        String value = text(key, defaultValue.getId());
        if (!ZoneId.getAvailableZoneIds().contains(value)) {
            throw new ConfigurationException(key, value, "the id of a time zone, such as Australia/Melbourne or UTC");
        }
        return ZoneId.of(value);
    }

    <E extends Enum<E>> E choice(String key, E defaultValue) {
        List<E> choices = List.of(defaultValue.getDeclaringClass().getEnumConstants());
        List<String> names = choices.stream().map(Keys::name).toList();
        String value = value(key, name(defaultValue), names);
        int chosen = names.indexOf(value);
        if (chosen < 0) {
            throw new ConfigurationException(key, value, "one of " + names);
        }
        return choices.get(chosen);
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
