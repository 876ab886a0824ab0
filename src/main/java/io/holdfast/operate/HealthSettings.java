package io.holdfast.operate;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;

/**
 * The settings of health and metrics.
 *
 * @param port the one that answers nothing but health and metrics; 0 or below for none
 * @param commitLimit a commit that takes longer is a fault
 * @param executorLimit a task that waits longer for a thread is a fault
 * @param zone of the second timestamp of the report
 * @param origins of pages that may read the report; {@code *} stands for all
 * @param metrics whether they are registered
 */
public record HealthSettings(
        int port, Duration commitLimit, Duration executorLimit, ZoneId zone, List<String> origins, boolean metrics) {

    /** Every origin. */
    public static final String ANY = "*";

    public HealthSettings {
        origins = List.copyOf(origins);
    }

    public static HealthSettings defaults() {
        return new HealthSettings(
                8081,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                ZoneId.of("Australia/Melbourne"),
                List.of(ANY),
                true);
    }
}
