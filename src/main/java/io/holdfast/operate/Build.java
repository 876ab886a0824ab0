package io.holdfast.operate;

import java.util.Map;

/**
 * What runs here.
 *
 * @param version of Holdfast
 * @param java version of the JVM
 * @param engine what stores the messages: {@code rocksdb} or {@code postgresql}
 */
public record Build(String version, String java, String engine) {

    /** Always 1: its labels tell what runs, so that other metrics can be joined with it. */
    Metric metric() {
        return new Metric(
                Metric.Kind.GAUGE,
                "holdfast_build_info",
                Map.of("version", version, "java", java, "engine", engine),
                "What runs: version of Holdfast and of Java, and the engine",
                seen -> 1);
    }
}
