package io.holdfast.transactions;

import io.holdfast.delivery.LaterMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Channels that refuse for now: their rows wait, in order, and other channels go on. Used by one round at a time. */
final class BlockedChannels {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    /** After this many refusals in succession, over half a minute, a row is refused for good. */
    static final int ATTEMPTS = 6;

    /** As many channels can be left out when rows are read; the rows of others come and are skipped. */
    private static final int LEFT_OUT = 64;

    /** What a channel refused so long ago does not count any more. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    private final LongSupplier nanos;
    private final Map<String, Blocked> blocked = new HashMap<>();

    private record Blocked(int refusals, long untilNanos, long oldestMillis) {}

    BlockedChannels(LongSupplier nanos) {
        this.nanos = nanos;
    }

    private boolean holds(Blocked each) {
        return nanos.getAsLong() - each.untilNanos() < 0;
    }

    /** Those whose rows need not be read now. */
    List<String> now() {
        blocked.values().removeIf(each -> nanos.getAsLong() - each.untilNanos() > FORGOTTEN_AFTER.toNanos());
        return blocked.entrySet().stream()
                .filter(each -> holds(each.getValue()))
                .map(Map.Entry::getKey)
                .limit(LEFT_OUT)
                .toList();
    }

    boolean isBlocked(String channel) {
        Blocked known = blocked.get(channel);
        return known != null && holds(known);
    }

    /** @return false if the row is refused for good */
    boolean refused(LaterMessage message) {
        Blocked known = blocked.get(message.channel());
        int refusals = known == null ? 1 : known.refusals() + 1;
        boolean again = refusals < ATTEMPTS;
        long pause = again ? FIRST_PAUSE.toNanos() << (refusals - 1) : 0;
        // The next row of a channel that stays full has one attempt.
        blocked.put(
                message.channel(),
                new Blocked(again ? refusals : ATTEMPTS - 1, nanos.getAsLong() + pause, message.acceptedAtMillis()));
        return again;
    }

    void accepted(String channel) {
        blocked.remove(channel);
    }

    /** When the oldest row that is known to wait for its channel was written; 0 if there is none. */
    long oldestMillis() {
        return blocked.values().stream()
                .filter(this::holds)
                .mapToLong(Blocked::oldestMillis)
                .min()
                .orElse(0);
    }
}
