package io.holdfast.cli;

import io.holdfast.client.Times;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A time in an option: {@code 90}, {@code 5m}, {@code 1h30m}, {@code 250ms}, {@code PT10M}. */
final class Time implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        try {
            return Times.read(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /** The same for an option whose numbers without a unit are milliseconds. */
    static final class OrMillis implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return new Time().convert(text.matches("\\d+") ? text + "ms" : text);
        }
    }
}
