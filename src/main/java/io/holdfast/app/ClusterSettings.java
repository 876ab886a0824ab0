package io.holdfast.app;

import io.holdfast.stream.SharedStore;
import io.holdfast.stream.StreamEngine;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Whether several nodes share the engine's database.
 *
 * @param address under which the others reach this node; null to find it out
 */
record ClusterSettings(boolean enabled, @Nullable URI address) {
    static final String KEY = "holdfast.cluster";
    static final String ADDRESS = KEY + ".address";
    static final String ADDRESS_ALLOWS = "a URL like http://10.0.0.7:9080, without a path";

    /**
     * What the nodes share.
     *
     * @throws ConfigurationException if the engine serves one node only
     */
    static SharedStore shared(StreamEngine engine) {
        return engine.shared()
                .orElseThrow(
                        () -> new ConfigurationException(
                                KEY,
                                "true",
                                "false with the embedded engine, which serves one node only; or set holdfast.engine to postgresql"));
    }
}
