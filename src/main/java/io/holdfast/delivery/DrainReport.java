package io.holdfast.delivery;

/**
 * The report of a drain.
 *
 * @param connections that were open when it began
 * @param unwritten connections whose send buffers could not be written in time; their messages are delivered when the clients return
 * @param millis how long it took
 * @param stats at its end
 */
public record DrainReport(int connections, int unwritten, long millis, DeliveryStats stats) {}
