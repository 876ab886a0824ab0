package io.holdfast.http;

import io.holdfast.cluster.Asking;
import io.holdfast.delivery.AllNodes;
import io.holdfast.delivery.Gathered;
import io.holdfast.delivery.NodeReport;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.json.JsonOutput;
import io.holdfast.stream.Node;
import io.holdfast.stream.SharedStore;
import io.holdfast.stream.StreamEngine;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Lists the nodes, and drains one of them. Reads the store on the caller's thread. */
@ApplicationScoped
class NodesApi {
    private static final long WINDOW_SECONDS = 10;
    private static final long MOST_WINDOW_SECONDS = 600;

    /** What a drain may take beyond its window. */
    private static final long MORE_SECONDS = 120;

    private final ResilientWebSocketManager manager;
    private final AllNodes nodes;
    private final Asking others;
    private final StreamEngine engine;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected NodesApi() {
        this(null, null, null, null);
    }

    @Inject
    NodesApi(ResilientWebSocketManager manager, AllNodes nodes, Asking others, StreamEngine engine) {
        this.manager = manager;
        this.nodes = nodes;
        this.others = others;
        this.engine = engine;
    }

    /**
     * {@code {"nodes":[{"number":7,"this":true,"address":…,"since":…,"version":…,"name":…,"connections":…,"clients":…}]}}, the
     * oldest first. A node that is alone has the number 0 and no address; one that does not answer has only what it has left in the
     * store.
     */
    CompletionStage<Answer> list() {
        List<Node> stored = engine.shared().map(SharedStore::nodes).orElse(List.of());
        return nodes.reports().thenApply(reports -> Answer.ok(list(stored, reports)));
    }

    private JsonOutput list(List<Node> stored, Gathered<List<NodeReport>> reports) {
        SortedMap<Long, NodeReport> unlisted = new TreeMap<>();
        reports.value().forEach(report -> unlisted.put(report.number(), report));
        JsonOutput json = new JsonOutput().raw("{\"nodes\":[");
        int index = 0;
        for (Node node : stored) {
            write(node.number(), node, unlisted.remove(node.number()), json.next(index++));
        }
        for (Map.Entry<Long, NodeReport> each : unlisted.entrySet()) { // their leases have ended, or there are none
            write(each.getKey(), null, each.getValue(), json.next(index++));
        }
        return RecordJson.missing(reports, json.raw("]")).raw("}");
    }

    private void write(long number, @Nullable Node node, @Nullable NodeReport report, JsonOutput json) {
        json.raw("{\"number\":").number(number).raw(",\"this\":").bool(number == others.number());
        if (node != null) {
            json.raw(",\"address\":")
                    .string(node.address().url().toString())
                    .raw(",\"since\":")
                    .number(node.since().toEpochMilli());
        }
        String version = report != null
                ? report.version()
                : node != null ? node.address().version() : "";
        json.raw(",\"version\":").string(version);
        if (report != null) {
            json.raw(",\"name\":")
                    .string(report.name())
                    .raw(",\"connections\":")
                    .number(report.connections())
                    .raw(",\"clients\":")
                    .number(report.clients());
        }
        json.raw("}");
    }

    /** Drains this node, or the one with the given number. */
    CompletionStage<Answer> drain(Parameters parameters) {
        long seconds = parameters.number("window", WINDOW_SECONDS, MOST_WINDOW_SECONDS);
        long node = parameters.number("node", others.number(), Long.MAX_VALUE);
        if (node == others.number()) {
            return manager.drain(Duration.ofSeconds(seconds)).thenApply(RecordJson::answer);
        }
        if (!others.others().contains(node)) {
            return CompletableFuture.completedFuture(
                    Answer.error(404, "not_found", "There is no node with this number; GET /api/nodes lists them"));
        }
        Duration within = Duration.ofSeconds(seconds + MORE_SECONDS);
        NodeCall call = new NodeCall("POST", "/drain", "window=" + seconds, new byte[0], "", within);
        return others.each(call, List.of(node))
                .thenApply(answers -> answers.value()
                        .getOrDefault(node, Optional.empty())
                        .orElseGet(() -> Answer.error(
                                        503,
                                        "outcome_unknown",
                                        "Node " + node + " has not answered. It may be draining, or it is gone: see GET"
                                                + " /api/nodes. Repeating is safe")
                                .retryAfter(1)));
    }
}
