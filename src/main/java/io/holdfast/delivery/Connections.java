package io.holdfast.delivery;

import org.jspecify.annotations.Nullable;

/** Where transports bring their connections. Any thread; never waits. */
public interface Connections {

    /**
     * Whether there is room for one connection more, asked before it is made.
     *
     * @param address of the peer; empty if it is not known
     * @return the limit that is in the way; null for none
     */
    @Nullable
    Limit mayConnect(String address);

    /**
     * Takes a new connection. Its transport may be written to from now on.
     *
     * @param address of the peer; empty if it is not known
     */
    RegisteredConnection register(String id, Connection transport, WireFormat format, String address);
}
