package io.holdfast.delivery;

import java.util.Locale;

/** The limits that a peer can run into. Each event is counted. */
public enum Limit {
    /** Connections of this node. */
    NODE,
    /** Connections from one address. */
    ADDRESS,
    /** Connections of one client. */
    CLIENT,
    /** New connections in a second. */
    ACCEPT_RATE,
    /** The heap is nearly full. */
    HEAP,
    /** Commands of one connection in a second. */
    COMMAND_RATE,
    /** Commands of one connection that wait for its publishes. */
    COMMANDS_WAITING,
    /** Commands of one connection that wait for handlers, or those of this node. */
    HANDLER_CALLS,
    /** Commands in one frame. */
    FRAME_COMMANDS,
    /** Bytes in one frame. */
    FRAME_BYTES,
    /** Bytes of one reply, or of the replies that one connection has yet to read. */
    REPLY_BYTES,
    /** Channels of one connection. */
    CHANNELS,
    /** Channels that one client has created by publishing within an hour. */
    NEW_CHANNELS,
    /** Channels in the store, for clients that would create another one. */
    STORED_CHANNELS,
    /** Join and leave pushes to a connection that does not keep up: they are dropped. */
    JOIN_LEAVE;

    /** The name in metrics. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
