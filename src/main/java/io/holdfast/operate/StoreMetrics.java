package io.holdfast.operate;

import static io.holdfast.operate.Metric.gauge;

import java.util.List;

/** The metrics of the store. */
final class StoreMetrics {
    private StoreMetrics() {}

    static List<Metric> all() {
        return List.of(
                gauge("holdfast_store_bytes", "What is stored", s -> s.space().storedBytes()),
                gauge(
                        "holdfast_store_limit_bytes",
                        "The configured size of the store",
                        s -> s.space().limitBytes()),
                gauge("holdfast_store_free_bytes", "Free space of the disk", StoreMetrics::freeBytes),
                gauge(
                        "holdfast_store_full",
                        "1 while the store or the disk is full",
                        s -> s.health().storeFull() ? 1 : 0),
                gauge(
                        "holdfast_store_generation_begun_seconds",
                        "When this generation of the store began, in seconds since 1970; 0 for the first",
                        s -> s.generation().begunAtMillis() / 1_000),
                gauge(
                        "holdfast_standby_missing",
                        "1 while the database has no synchronous standby and must have one",
                        s -> s.health().standbyMissing() ? 1 : 0));
    }

    /** A database server does not tell. */
    private static double freeBytes(GatewaySnapshot seen) {
        return seen.space().freeBytes().isPresent() ? seen.space().freeBytes().getAsLong() : Double.NaN;
    }
}
