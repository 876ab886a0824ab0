package io.holdfast.delivery;

import org.jspecify.annotations.Nullable;

/** Registers the connections of transports. Any thread; never waits. */
public interface Connections {

    /**
     * Whether one more connection is allowed. It is called before the connection is made.
     *
     * @param address of the peer; empty if it is not known
     * @return the limit that forbids it; null for none
     */
    @Nullable
    Limit mayConnect(String address);

    /**
     * Registers a new connection. From now on delivery may write to its transport.
     *
     * @param address of the peer; empty if it is not known
     */
    RegisteredConnection register(String id, Connection transport, WireFormat format, String address);
}
