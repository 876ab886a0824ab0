package io.holdfast.delivery;

import io.holdfast.stream.StreamEngine;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The outboxes in memory: those of connected clients and of those who have just left. Any thread. */
final class Outboxes {
    private static final char PREFIX = '#';
    private static final long IDLE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long SUSPECT_NANOS = Duration.ofHours(1).toNanos();

    private final StreamEngine engine;
    private final DeliveryClock clock;
    private final OutboxParts parts;
    private final ConcurrentHashMap<String, Outbox> byClient = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Outbox> changed = new ConcurrentLinkedQueue<>();

    Outboxes(StreamEngine engine, DeliveryClock clock, OutboxParts parts) {
        this.engine = engine;
        this.clock = clock;
        this.parts = parts;
    }

    static boolean isOutbox(String channel) {
        return !channel.isEmpty() && channel.charAt(0) == PREFIX;
    }

    /** The client of an outbox. */
    static String client(String stream) {
        return stream.substring(1);
    }

    static String stream(String client) {
        return PREFIX + client;
    }

    /** The client's outbox, which stays in memory until it is released. */
    @SuppressWarnings("NullAway") // the function never returns null
    Outbox acquire(String client) {
        return byClient.compute(client, (name, known) -> {
            Outbox outbox = known == null ? new Outbox(client, engine, clock, parts) : known;
            outbox.retain();
            return outbox;
        });
    }

    @SuppressWarnings("NullAway") // the function returns what it was given
    void release(Outbox outbox) {
        byClient.computeIfPresent(outbox.client(), (name, known) -> {
            known.release();
            return known;
        });
    }

    /**
     * Does something while nobody can take the client's outbox into memory or put it out. May wait for the engine: for
     * rare things only.
     *
     * @param work gets the outbox, or null where it is not in memory
     */
    @SuppressWarnings("NullAway") // absent values are null here
    boolean alone(String client, Predicate<@Nullable Outbox> work) {
        boolean[] result = new boolean[1];
        byClient.compute(client, (name, known) -> {
            result[0] = work.test(known);
            return known;
        });
        return result[0];
    }

    @Nullable
    Outbox find(String client) {
        return byClient.get(client);
    }

    /** The outbox of a stream, if that is one and it is in memory. */
    @Nullable
    Outbox ofStream(String stream) {
        return isOutbox(stream) ? find(client(stream)) : null;
    }

    /** The outbox has changes that the committer must store. */
    void changed(Outbox outbox) {
        if (outbox.mark()) {
            changed.add(outbox);
        }
    }

    @Nullable
    Outbox pollChanged() {
        return changed.poll();
    }

    boolean hasChanged() {
        return !changed.isEmpty();
    }

    /** Drops those from memory that nobody uses. */
    void sweep() {
        long now = clock.nanos();
        for (String client : byClient.keySet()) {
            byClient.computeIfPresent(
                    client,
                    (name, known) -> known.referenced() || !known.idle(now, IDLE_NANOS, SUSPECT_NANOS) ? known : null);
        }
    }
}
