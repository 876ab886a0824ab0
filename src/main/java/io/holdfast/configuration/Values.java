package io.holdfast.configuration;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Reads values of keys. Each method throws an {@link IllegalArgumentException} that says what is allowed, without the value. */
public final class Values {
    private Values() {}

    /** A switch: {@code true}, {@code on} or {@code yes}, or their opposites, in any case. */
    public static boolean flag(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "on", "yes" -> true;
            case "false", "off", "no" -> false;
            default -> throw new IllegalArgumentException("true or false");
        };
    }

    /** A whole number; the ends of the range belong to it. */
    public static long number(String value, long min, long max) {
        try {
            long number = Long.parseLong(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the same message as for a number out of range
        }
        throw new IllegalArgumentException("a whole number from " + min + " to " + max);
    }

    /** ISO-8601 ({@code PT5M}) or a number of seconds, to the millisecond. Units are refused: {@code 5d} is not 5 s. */
    public static Duration time(String value, Duration min, Duration max) {
        try {
            Duration time = value.toUpperCase(Locale.ROOT).startsWith("P")
                    ? Duration.parse(value)
                    : Duration.ofMillis(new BigDecimal(value).movePointRight(3).longValueExact());
            if (time.compareTo(min) >= 0 && time.compareTo(max) <= 0) {
                return time;
            }
        } catch (DateTimeParseException | ArithmeticException | NumberFormatException e) {
            // the same message as for a time out of range
        }
        throw new IllegalArgumentException("seconds or an ISO-8601 duration from " + min + " to " + max);
    }

    /** A zone with rules of its own, such as {@code Europe/Vienna}, or {@code UTC}. */
    public static ZoneId zone(String value) {
        if (!ZoneId.getAvailableZoneIds().contains(value)) {
            throw new IllegalArgumentException("the id of a time zone, such as Australia/Melbourne or UTC");
        }
        return ZoneId.of(value);
    }

    /** The index of the choice. */
    public static int choice(String value, List<String> choices) {
        int chosen = choices.indexOf(value);
        if (chosen < 0) {
            throw new IllegalArgumentException("one of " + choices);
        }
        return chosen;
    }

    /** Items between commas, without the blanks around them. Empty items are left out. */
    public static List<String> list(String value) {
        return Arrays.stream(value.split(",", -1))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }
}
