package io.holdfast.delivery;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;

/**
 * Times from outside: in a token, a command or a call. Only this class limits them to the range that arithmetic and the wire can
 * hold, so that a time far ahead does no harm. Any thread.
 */
public final class OutsideTime {
    /**
     * No connection, subscription, message or revocation lasts longer. In seconds it fits into 31 bits, as Java SDKs keep
     * the {@code uint32} of the schema; in nanoseconds into a long.
     */
    public static final Duration LONGEST = Duration.ofDays(3650);

    /** The end of the year 9999, in milliseconds: JavaScript holds it exactly. */
    public static final long LAST_MILLIS = 253_402_300_799_999L;

    private static final BigDecimal LAST_SECONDS = BigDecimal.valueOf(LAST_MILLIS, 3);

    private OutsideTime() {}

    /**
     * Converts a time in JSON or JWT (RFC 7519, NumericDate).
     *
     * @param seconds since 1970, with decimals or without, of any size
     * @return milliseconds since 1970, from 0 to {@link #LAST_MILLIS}
     */
    public static long millis(Number seconds) {
        BigDecimal exact = seconds instanceof BigDecimal decimal ? decimal : new BigDecimal(seconds.toString());
        if (exact.signum() <= 0) {
            return 0;
        }
        return exact.compareTo(LAST_SECONDS) >= 0
                ? LAST_MILLIS
                : exact.movePointRight(3).longValue();
    }

    /** How long it is until a moment; zero for one that is past, {@link #LONGEST} at most. */
    static Duration until(Instant moment, Instant now) {
        return moment.isAfter(now) ? atMost(Duration.between(now, moment)) : Duration.ZERO;
    }

    /** Instants reach further than milliseconds do. */
    public static Instant atMost(Instant moment) {
        Instant last = Instant.ofEpochMilli(LAST_MILLIS);
        return moment.isAfter(last) ? last : moment;
    }

    /** A time in whole seconds for the wire: at least 1, since 0 means no end. */
    public static long wireSeconds(Duration left) {
        return Math.max(1, atMost(left).toSeconds());
    }

    /** @return nanoseconds, {@link #LONGEST} at most */
    public static long nanos(Duration time) {
        return atMost(time).toNanos();
    }

    private static Duration atMost(Duration time) {
        return time.compareTo(LONGEST) > 0 ? LONGEST : time;
    }
}
