package io.holdfast.stream;

import java.util.List;

/**
 * An outbox as of one moment, opened for a device that connects.
 *
 * @param devices in no order
 * @param fence the number of the device's claim; 0 if none was asked for
 * @param known whether the claimed device was known before; false if none was asked for
 */
public record Opened(StreamStatus info, List<DeviceCursor> devices, long fence, boolean known) {}
