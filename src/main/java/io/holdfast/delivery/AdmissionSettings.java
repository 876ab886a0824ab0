package io.holdfast.delivery;

/**
 * Limits of the load. For connections and channels 0 means no limit.
 *
 * @param connections of this node
 * @param perAddress connections from one address; behind a proxy that is the proxy's address, unless the server reads its header
 * @param perClient of one client, all its devices together
 * @param acceptsPerSecond new connections of this node in a second; one second's allowance may be used at once
 * @param storedChannels when the store has this many channels, clients cannot create another one
 * @param heapPercentForConnections when this share of the heap is in use after a collection, new connections are refused
 * @param heapPercentForPublishes when this share is in use, messages are refused too
 */
public record AdmissionSettings(
        int connections,
        int perAddress,
        int perClient,
        int acceptsPerSecond,
        int storedChannels,
        int heapPercentForConnections,
        int heapPercentForPublishes) {

    public static AdmissionSettings defaults() {
        return new AdmissionSettings(100_000, 0, 100, 2_000, 100_000, 85, 93);
    }
}
