package io.holdfast.operate;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The settings of health and metrics.
 *
 * @param port the one that answers nothing but health and metrics; 0 or below for none
 * @param commitLimit a commit that takes longer is a fault
 * @param executorLimit a task that waits longer for a thread is a fault
 * @param engineGrace for how long the engine may fail until the gateway is not ready
 * @param zone of the second timestamp of the report
 * @param origins of pages that may read the report; {@code *} stands for all
 * @param metrics whether they are registered
 */
public record HealthSettings(
        int port,
        Duration commitLimit,
        Duration executorLimit,
        Duration engineGrace,
        ZoneId zone,
        List<String> origins,
        boolean metrics) {

    /** Every origin. */
    public static final String ANY = "*";

    public HealthSettings {
        origins = List.copyOf(origins);
    }

    /** The same with a grace that is longer by up to a half, so that several nodes with one store do not end theirs together. */
    public HealthSettings spread(RandomGenerator random) {
        long spread = (long) (engineGrace.toMillis() * random.nextDouble() / 2);
        return new HealthSettings(
                port, commitLimit, executorLimit, engineGrace.plusMillis(spread), zone, origins, metrics);
    }

    /** Those of a gateway whose store is its own: there is no other node to which anybody could go. */
    public static HealthSettings defaults() {
        return new HealthSettings(
                8081,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ZERO,
                ZoneId.of("Australia/Melbourne"),
                List.of(ANY),
                true);
    }
}
