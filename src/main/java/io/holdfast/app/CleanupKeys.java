package io.holdfast.app;

import io.holdfast.cleanup.CleanupSettings;
import io.holdfast.delivery.OutsideTime;
import java.time.Duration;

/** Reads the settings of cleanup. */
final class CleanupKeys {
    private static final String PREFIX = "holdfast.cleanup.";

    private final Keys keys;

    CleanupKeys(Keys keys) {
        this.keys = keys;
    }

    CleanupSettings read(CleanupSettings defaults) {
        return new CleanupSettings(
                keys.flag(PREFIX + "enabled", defaults.enabled()),
                time("interval", defaults.interval(), Duration.ofSeconds(1), Duration.ofDays(365)),
                time("grace", defaults.grace(), Duration.ZERO, Duration.ofDays(365)),
                keys.integer(PREFIX + "quota", defaults.quota(), 1, 1_000_000),
                keys.integer(PREFIX + "quota-percent", defaults.quotaPercent(), 1, 100),
                keys.integer(PREFIX + "rate", defaults.ratePerSecond(), 0, 100_000),
                defaults.parallel(),
                keys.integer(PREFIX + "max-aborts", defaults.abortsBeforePause(), 1, 1_000),
                time("audit-retention", defaults.auditRetention(), Duration.ofMinutes(1), OutsideTime.LONGEST),
                time("restore-hold", defaults.restoreHold(), Duration.ZERO, OutsideTime.LONGEST),
                ages(defaults.ages()));
    }

    private CleanupSettings.Ages ages(CleanupSettings.Ages defaults) {
        return new CleanupSettings.Ages(
                age("dead-letters", defaults.deadLetters()),
                age("devices", defaults.devices()),
                age("outboxes", defaults.outboxes()),
                age("channels", defaults.channels()));
    }

    private Duration age(String kind, Duration usual) {
        return time(kind + "-age", usual, Duration.ZERO, OutsideTime.LONGEST);
    }

    private Duration time(String name, Duration usual, Duration least, Duration most) {
        return keys.duration(PREFIX + name, usual, least, most);
    }
}
