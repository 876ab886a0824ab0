package io.holdfast.delivery;

import java.util.List;

/**
 * One client as the server knows it. Counts begin when it was first seen, or seen again after an hour away; they are 0 for
 * a client that was not seen within the last hour.
 *
 * @param sinceMillis when counting began, milliseconds since 1970; 0 for a client that was not seen
 * @param connections opened since then
 * @param sent messages handed to its connections
 * @param waiting messages that its outbox holds now
 * @param waitingBytes their size
 */
public record ClientInfo(
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
        List<DeviceInfo> devices) {

    /**
     * @param cursor offset up to which it has confirmed
     * @param seenAtMillis when it last came or went
     * @param connected whether it has an open connection
     */
    public record DeviceInfo(String device, long cursor, long seenAtMillis, boolean connected) {}
}
