package io.holdfast.delivery;

/**
 * How much load there may be; 0 stands for no limit of connections or channels.
 *
 * @param connections of this node
 * @param perAddress from one address; behind a proxy that is the proxy's, unless the server is told otherwise
 * @param perClient of one client, all its devices together
 * @param acceptsPerSecond new ones on this node, with one second's worth at once
 * @param storedChannels with this many in the store clients begin no more
 * @param heapPercentForConnections with this much of the heap in use after a collection no new connections are taken
 * @param heapPercentForPublishes with this much of it no messages are taken either
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
