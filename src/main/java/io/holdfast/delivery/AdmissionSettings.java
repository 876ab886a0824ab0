package io.holdfast.delivery;

/**
 * How many connections there may be; 0 stands for no limit everywhere.
 *
 * @param connections of this node
 * @param perAddress from one address; behind a proxy that is the proxy's, unless the server is told otherwise
 * @param perClient of one client, all its devices together
 * @param acceptsPerSecond new ones on this node, with one second's worth at once
 */
public record AdmissionSettings(int connections, int perAddress, int perClient, int acceptsPerSecond) {

    public static AdmissionSettings defaults() {
        return new AdmissionSettings(100_000, 0, 100, 2_000);
    }
}
