package io.holdfast.commands;

/**
 * How a connection came.
 *
 * @param format of its frames
 * @param address of the peer; empty if it is not known
 * @param session by which the client's other requests find a transport on which it cannot answer: a secret that only the
 *     connect reply tells; empty for others
 */
public record Arrival(Format format, String address, String session) {

    /** Over a transport that carries both ways. */
    public static Arrival of(Format format, String address) {
        return new Arrival(format, address, "");
    }

    /** Never shows the session. */
    @Override
    public String toString() {
        return "Arrival[format=" + format + ", address=" + address + "]";
    }
}
