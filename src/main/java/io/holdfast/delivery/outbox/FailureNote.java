package io.holdfast.delivery.outbox;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What a node knows of a device on which something has failed, as it stands in a shared store for the node that the device comes to
 * next. Moments are milliseconds of the store's clock.
 *
 * @param suspect offset of the publication that the device may be failing on; 0 for none
 * @param undecided whether the next connection decides if that was one more failed attempt
 * @param attempts failed ones of the suspect
 * @param suspectAtMillis when the last one failed
 * @param failures of deliveries, in a row
 * @param openings of the breaker since it was last closed
 * @param openUntilMillis 0 for a closed breaker
 * @param failedAtMillis when a delivery failed last
 */
record FailureNote(
        long suspect,
        boolean undecided,
        int attempts,
        long suspectAtMillis,
        int failures,
        int openings,
        long openUntilMillis,
        long failedAtMillis) {
    private static final int NUMBERS = 8;
    static final FailureNote NOTHING = new FailureNote(0, false, 0, 0, 0, 0, 0, 0);

    boolean isNothing() {
        return suspect == 0 && breakerIsNew();
    }

    /** Whether the breaker knows nothing that a new one would not know. */
    boolean breakerIsNew() {
        return failures == 0 && openUntilMillis == 0;
    }

    /** One that this version does not understand says nothing. */
    static FailureNote read(String note) {
        try {
            long[] numbers = Arrays.stream(note.split(" ", -1))
                    .limit(NUMBERS)
                    .mapToLong(Long::parseLong)
                    .toArray();
            return numbers.length < NUMBERS
                    ? NOTHING
                    : new FailureNote(
                            numbers[0],
                            numbers[1] == 1,
                            Math.toIntExact(numbers[2]),
                            numbers[3],
                            Math.toIntExact(numbers[4]),
                            Math.toIntExact(numbers[5]),
                            numbers[6],
                            numbers[7]);
        } catch (NumberFormatException | ArithmeticException e) {
            return NOTHING;
        }
    }

    /** Empty for nothing. */
    String written() {
        return isNothing()
                ? ""
                : LongStream.of(
                                suspect,
                                undecided ? 1 : 0,
                                attempts,
                                suspectAtMillis,
                                failures,
                                openings,
                                openUntilMillis,
                                failedAtMillis)
                        .mapToObj(Long::toString)
                        .collect(Collectors.joining(" "));
    }

    /** With a breaker that was reset. */
    FailureNote withoutBreaker() {
        return new FailureNote(suspect, undecided, attempts, suspectAtMillis, 0, 0, 0, 0);
    }
}
