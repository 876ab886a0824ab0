package io.holdfast.cluster;

import org.jspecify.annotations.Nullable;

/** Takes the links of other nodes. Any thread. */
public interface LinkAcceptor {

    /** Of a node that is alone. */
    LinkAcceptor NONE = new LinkAcceptor() {
        @Override
        public boolean takesLinks() {
            return false;
        }

        @Override
        public @Nullable LinkReceiver accept(LinkConnection connection, String peer) {
            return null;
        }
    };

    /** Whether there is a cluster; otherwise this server has no place for links. */
    boolean takesLinks();

    /**
     * A peer has connected. It has proven nothing yet.
     *
     * @param peer its address, for the log
     * @return takes what it sends; null if it must be turned away, because too many peers have proven nothing, or this node stops
     */
    @Nullable
    LinkReceiver accept(LinkConnection connection, String peer);
}
