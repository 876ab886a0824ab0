package io.holdfast.cluster;

/**
 * What the links of this node have come to since the start.
 *
 * @param nodes other nodes that the store had last
 * @param linksOut links that this node has opened and that are up now
 * @param linksIn links that other nodes have opened and that are up now
 * @param publicationsSent counts one for each node that it was passed on to
 * @param framesDropped frames that did not fit into a link's queue
 * @param questions to other nodes, one for each node asked
 * @param unanswered those of them that got no answer
 */
public record ClusterStats(
        int nodes,
        int linksOut,
        int linksIn,
        long publicationsSent,
        long publicationsReceived,
        long framesSent,
        long framesReceived,
        long framesDropped,
        long questions,
        long unanswered) {

    /** Of a node that is alone. */
    public static final ClusterStats NONE = new ClusterStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
