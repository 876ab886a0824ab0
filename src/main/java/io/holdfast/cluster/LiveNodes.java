package io.holdfast.cluster;

import java.util.List;

/** Which nodes share the store, as was last seen there. Any thread; no method waits. */
public interface LiveNodes {

    /** This node's number. */
    long number();

    /** The numbers of the other nodes, in order. */
    List<Long> others();
}
