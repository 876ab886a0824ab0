package io.holdfast.cluster;

import java.util.List;

/** Which nodes share the store, as was last seen there. Any thread; no method waits. */
public interface LiveNodes {

    /** Of a node that is alone. */
    LiveNodes ALONE = new LiveNodes() {
        @Override
        public long number() {
            return 0;
        }

        @Override
        public List<Long> others() {
            return List.of();
        }
    };

    /** This node's number; 0 if it is alone. */
    long number();

    /** The numbers of the other nodes, in order. */
    List<Long> others();
}
