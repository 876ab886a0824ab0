package io.holdfast.delivery;

import java.util.Locale;

/** What a peer can run into. Each time is counted. */
public enum Limit {
    /** Connections of this node. */
    NODE,
    /** Connections from one address. */
    ADDRESS,
    /** Connections of one client. */
    CLIENT,
    /** New connections in a second. */
    ACCEPT_RATE,
    /** Commands of one connection in a second. */
    COMMAND_RATE,
    /** Commands in one frame. */
    FRAME_COMMANDS,
    /** Bytes in one frame. */
    FRAME_BYTES,
    /** Channels of one connection. */
    CHANNELS;

    /** As in metrics. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
