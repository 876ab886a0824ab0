package io.holdfast.client;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them and as the server API takes them. Any thread. */
public final class Times {
    /** For texts of help and errors. */
    public static final String EXAMPLES = "90, 2.5s, 250ms, 10m, 1h30m, 8h, 30d or PT10M";

    private static final String NUMBER = "(\\d{1,9}(?:\\.\\d{1,9})?)";
    private static final Pattern SECONDS = Pattern.compile(NUMBER);
    private static final Pattern PARTS =
            Pattern.compile("(?:N(d))?(?:N(h))?(?:N(m))?(?:N(s))?(?:N(ms))?".replace("N", NUMBER));
    private static final List<Duration> UNITS = List.of(
            Duration.ofDays(1),
            Duration.ofHours(1),
            Duration.ofMinutes(1),
            Duration.ofSeconds(1),
            Duration.ofMillis(1));

    private Times() {}

    /**
     * Reads a duration: a number of seconds, numbers with units from the largest to the smallest, or ISO-8601, in any case.
     *
     * @throws IllegalArgumentException if it is none of these, or negative; the message names the text and examples
     */
    public static Duration read(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        Matcher parts = PARTS.matcher(lower);
        if (SECONDS.matcher(lower).matches()) {
            return of(lower, Duration.ofSeconds(1));
        } else if (!text.isEmpty() && parts.matches()) {
            Duration sum = Duration.ZERO;
            for (int i = 0; i < UNITS.size(); i++) {
                String number = parts.group(1 + 2 * i);
                sum = number == null ? sum : sum.plus(of(number, UNITS.get(i)));
            }
            return sum;
        }
        try {
            Duration read = Duration.parse(text);
            if (!read.isNegative()) {
                return read;
            }
        } catch (DateTimeParseException e) {
            // the same message as for a negative one
        }
        throw new IllegalArgumentException("'" + text + "' is not a time such as " + EXAMPLES);
    }

    private static Duration of(String number, Duration unit) {
        BigDecimal seconds = seconds(unit).multiply(new BigDecimal(number));
        return Duration.ofSeconds(
                seconds.longValue(),
                seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue());
    }

    /** A duration as the server API takes it: seconds with their fraction, never with an exponent. */
    public static BigDecimal seconds(Duration duration) {
        BigDecimal seconds = BigDecimal.valueOf(duration.getSeconds())
                .add(BigDecimal.valueOf(duration.getNano(), 9))
                .stripTrailingZeros();
        return seconds.scale() < 0 ? seconds.setScale(0) : seconds;
    }
}
