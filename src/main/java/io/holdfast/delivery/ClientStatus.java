package io.holdfast.delivery;

import java.util.List;

/**
 * A client and its counters. Counting begins when the client is first seen, or seen again after an hour away. The counters
 * are 0 for a client that was not seen within the last hour.
 *
 * @param sinceMillis when counting began, milliseconds since 1970; 0 for a client that was not seen
 * @param connections opened since then
 * @param sent messages handed to its connections
 * @param waiting messages that its outbox holds now
 * @param waitingBytes their size
 */
public record ClientStatus(
        String client,
        long sinceMillis,
        long connections,
        long sent,
        long acknowledged,
        long expired,
        long dropped,
        long dead,
        int waiting,
        long waitingBytes,
        List<DeviceStatus> devices) {

    /**
     * @param cursor the offset up to which the device has confirmed
     * @param seenAtMillis when it last connected or disconnected
     * @param connected whether it has an open connection
     */
    public record DeviceStatus(String device, long cursor, long seenAtMillis, boolean connected) {}
}
