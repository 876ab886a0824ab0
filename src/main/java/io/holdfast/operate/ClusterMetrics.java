package io.holdfast.operate;

import static io.holdfast.operate.Metric.counter;
import static io.holdfast.operate.Metric.gauge;

import java.util.List;

/** The metrics of the links to other nodes. */
final class ClusterMetrics {
    private ClusterMetrics() {}

    static List<Metric> all() {
        return List.of(
                gauge(
                        "holdfast_cluster_nodes",
                        "Other nodes whose lease is running",
                        s -> s.cluster().nodes()),
                gauge(
                        "holdfast_cluster_links_out",
                        "Links to other nodes that are up",
                        s -> s.cluster().linksOut()),
                gauge(
                        "holdfast_cluster_links_in",
                        "Links from other nodes that are up",
                        s -> s.cluster().linksIn()),
                counter(
                        "holdfast_cluster_publications_sent",
                        "Publications passed on to other nodes",
                        s -> s.cluster().publicationsSent()),
                counter(
                        "holdfast_cluster_publications_received",
                        "Publications that other nodes passed on",
                        s -> s.cluster().publicationsReceived()),
                counter(
                        "holdfast_cluster_frames_sent",
                        "Frames sent over links",
                        s -> s.cluster().framesSent()),
                counter(
                        "holdfast_cluster_frames_received",
                        "Frames received over links",
                        s -> s.cluster().framesReceived()),
                counter(
                        "holdfast_cluster_frames_dropped",
                        "Frames that did not fit into a link's queue",
                        s -> s.cluster().framesDropped()),
                counter(
                        "holdfast_cluster_questions",
                        "Questions to other nodes",
                        s -> s.cluster().questions()),
                counter(
                        "holdfast_cluster_questions_unanswered",
                        "Questions to other nodes that got no answer",
                        s -> s.cluster().unanswered()));
    }
}
