package io.holdfast.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The form of a test message: one JSON object of a fixed length that carries the run, a sequence number and the time of
 * sending as digits at fixed places, and a filling that is compared when it comes back.
 *
 * <p>Received messages are scanned for it as bytes; nothing is parsed. One thread (it remembers where the last one was).
 */
final class Payload {
    static final int DEFAULT_LENGTH = 128;

    private static final byte[] START = "{\"hf\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final int RUN_DIGITS = 6;
    private static final int SEQUENCE_DIGITS = 10;
    private static final int TIME_DIGITS = 16;
    private static final int RUN_AT = START.length;
    private static final int SEQUENCE_AT = RUN_AT + RUN_DIGITS;
    private static final int TIME_AT = SEQUENCE_AT + SEQUENCE_DIGITS;
    private static final int FILLING_AT = TIME_AT + TIME_DIGITS;
    private static final String FILLING_START = "\",\"p\":\"";

    private final byte[] template;
    private final int run;
    private int lastAt;

    /** @param run up to six digits; tells this run's messages from what an earlier one left in the server */
    Payload(int run, int length) {
        String head = "{\"hf\":\"" + "0".repeat(FILLING_AT - RUN_AT) + FILLING_START;
        int filling = length - head.length() - 2;
        if (filling < 1) {
            throw new IllegalArgumentException(
                    "a payload has at least " + (head.length() + 3) + " bytes, not " + length);
        }
        StringBuilder text = new StringBuilder(head);
        for (int i = 0; i < filling; i++) {
            text.append((char) ('a' + i % 26));
        }
        this.template = text.append("\"}").toString().getBytes(StandardCharsets.US_ASCII);
        this.run = run;
        digits(template, RUN_AT, RUN_DIGITS, run);
    }

    int length() {
        return template.length;
    }

    byte[] encode(long sequence, long sentMicros) {
        byte[] payload = template.clone();
        digits(payload, SEQUENCE_AT, SEQUENCE_DIGITS, sequence);
        digits(payload, TIME_AT, TIME_DIGITS, sentMicros);
        return payload;
    }

    /** Where a whole payload begins in these bytes; -1 if there is none. */
    int find(byte[] bytes, int from, int to) {
        int guess = from + lastAt;
        if (guess + template.length <= to && startsAt(bytes, guess)) {
            return guess;
        }
        for (int at = from; at + template.length <= to; at++) {
            if (bytes[at] == '{' && startsAt(bytes, at)) {
                lastAt = at - from;
                return at;
            }
        }
        return -1;
    }

    boolean ofThisRun(byte[] bytes, int at) {
        return number(bytes, at + RUN_AT, RUN_DIGITS) == run;
    }

    long sequence(byte[] bytes, int at) {
        return number(bytes, at + SEQUENCE_AT, SEQUENCE_DIGITS);
    }

    long sentMicros(byte[] bytes, int at) {
        return number(bytes, at + TIME_AT, TIME_DIGITS);
    }

    /** Whether everything that does not vary came back as it was sent. */
    boolean intact(byte[] bytes, int at) {
        return Arrays.equals(bytes, at + FILLING_AT, at + template.length, template, FILLING_AT, template.length);
    }

    private static boolean startsAt(byte[] bytes, int at) {
        return Arrays.equals(bytes, at, at + START.length, START, 0, START.length);
    }

    private static void digits(byte[] bytes, int at, int count, long value) {
        long rest = value;
        for (int i = at + count - 1; i >= at; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        if (rest != 0) {
            throw new IllegalArgumentException(value + " has more than " + count + " digits");
        }
    }

    private static long number(byte[] bytes, int at, int count) {
        long value = 0;
        for (int i = at; i < at + count; i++) {
            value = value * 10 + (bytes[i] - '0');
        }
        return value;
    }
}
