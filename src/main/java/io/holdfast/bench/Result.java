package io.holdfast.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What one scenario measured.
 *
 * @param scenario a name with what was varied
 * @param target which server
 * @param clients connected
 * @param messages published and accepted in the measured time, or connects
 * @param deliveries to clients in the measured time
 * @param seconds measured
 * @param cpuSeconds of the server in that time; NaN where its process may not be seen
 * @param messagesPerFrame as the clients received them
 * @param latency from sending to each delivery, or where none were made, to each receipt; microseconds
 * @param faults what must be 0
 * @param problems what makes the figures worthless, in words; empty if all went well
 * @param more figures of this scenario alone
 */
record Result(
        String scenario,
        String target,
        int clients,
        long messages,
        long deliveries,
        double seconds,
        double cpuSeconds,
        double messagesPerFrame,
        Histogram latency,
        Faults faults,
        List<String> problems,
        Map<String, Object> more) {

    Result {
        problems = List.copyOf(problems);
        more = new LinkedHashMap<>(more);
    }

    /** An empty histogram for microseconds that are not negative, read back within 1 %. One thread. */
    static Histogram latencies() {
        return new Histogram(2);
    }

    /** What the figures are about: deliveries, or where none were made, messages. */
    long counted() {
        return deliveries == 0 ? messages : deliveries;
    }

    double perSecond() {
        return seconds == 0 ? 0 : counted() / seconds;
    }

    double cpuSecondsPerMillion() {
        return counted() == 0 ? Double.NaN : cpuSeconds * 1e6 / counted();
    }

    boolean isClean() {
        return problems.isEmpty() && faults.none();
    }

    /** All figures by name, in order. */
    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("scenario", scenario);
        figures.put("target", target);
        figures.put("clients", clients);
        figures.put("messages", messages);
        figures.put("deliveries", deliveries);
        figures.put("seconds", seconds);
        figures.put("perSecond", perSecond());
        figures.put("cpuSeconds", cpuSeconds);
        figures.put("cpuSecondsPerMillion", cpuSecondsPerMillion());
        figures.put("messagesPerFrame", messagesPerFrame);
        figures.put("latencyP50Millis", latency.getValueAtPercentile(50) / 1e3);
        figures.put("latencyP99Millis", latency.getValueAtPercentile(99) / 1e3);
        figures.put("latencyP999Millis", latency.getValueAtPercentile(99.9) / 1e3);
        figures.put("lost", faults.lost());
        figures.put("doubled", faults.doubled());
        figures.put("reordered", faults.reordered());
        figures.put("misrouted", faults.misrouted());
        figures.put("corrupt", faults.corrupt());
        figures.putAll(more);
        figures.put("problems", new ArrayList<>(problems));
        return figures;
    }
}
