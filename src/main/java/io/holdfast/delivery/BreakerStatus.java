package io.holdfast.delivery;

/**
 * The state of one device's breaker.
 *
 * @param failures in a row
 * @param successes since it was half open
 * @param openings since it was last closed
 * @param openMillis until it is tried again; 0 unless open
 */
public record BreakerStatus(
        String client, String device, BreakerState state, int failures, int successes, int openings, long openMillis) {}
