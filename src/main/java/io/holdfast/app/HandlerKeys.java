package io.holdfast.app;

import io.holdfast.commands.HandlerSettings;
import io.holdfast.handlers.calls.CallSettings;
import java.time.Duration;

/** Reads {@code holdfast.handlers.*}. */
final class HandlerKeys {
    private final Keys keys;

    HandlerKeys(Keys keys) {
        this.keys = keys;
    }

    HandlerSettings seen(HandlerSettings defaults) {
        return new HandlerSettings(
                keys.text("holdfast.handlers.roles-claim", defaults.rolesClaim()),
                keys.list("holdfast.handlers.headers"));
    }

    CallSettings calls(CallSettings defaults) {
        return new CallSettings(
                keys.integer("holdfast.handlers.threads", defaults.threads(), 1, 10_000),
                keys.integer("holdfast.handlers.max-calls", defaults.waiting(), 1, 1_000_000),
                keys.integer("holdfast.handlers.max-waiting", defaults.waitingPerConnection(), 0, 1_000),
                keys.duration(
                        "holdfast.handlers.timeout",
                        defaults.timeout(),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(10)));
    }
}
