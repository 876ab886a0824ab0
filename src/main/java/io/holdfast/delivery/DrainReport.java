package io.holdfast.delivery;

/**
 * What a drain did.
 *
 * @param connections that were open when it began
 * @param unwritten those of them whose buffers could not be written in time; what they held is delivered when they return
 * @param millis how long it took
 * @param stats at its end
 */
public record DrainReport(int connections, int unwritten, long millis, DeliveryStats stats) {}
