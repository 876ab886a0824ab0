package io.holdfast.delivery;

import java.util.Collections;
import java.util.SortedMap;

/**
 * A snapshot of what delivery counted since the start of this node; not atomic as a whole.
 *
 * @param sendLatency from publishing to the frame in which a publication is written to a connection
 * @param confirmLatency from publishing to the first confirmation, messages to clients only
 * @param limits how often a peer ran into each {@link Limit}, by its word
 */
public record DeliveryStats(
        Connections connections,
        Messages messages,
        Queue queue,
        Retry retry,
        CircuitBreaker circuitBreaker,
        LatencyStats sendLatency,
        LatencyStats confirmLatency,
        SortedMap<String, Long> limits) {

    public DeliveryStats {
        limits = Collections.unmodifiableSortedMap(limits);
    }

    /**
     * Connections.
     *
     * @param total registered ever
     * @param active open now
     * @param failed ended by a failed or too slow write
     * @param reconnections a known device came again
     * @param timeouts ended by a missing pong
     * @param slow ended since they read too slowly
     */
    public record Connections(long total, long active, long failed, long reconnections, long timeouts, long slow) {}

    /**
     * Messages.
     *
     * @param accepted stored
     * @param sent publications written to connections
     * @param queued stored in outboxes and not settled, also for clients that never connected
     * @param failed publishes that failed in the engine
     * @param refused publishes refused because the stream was full
     * @param expired messages to clients whose time to live ran out unconfirmed
     * @param deduplicated publishes answered with an earlier receipt
     * @param conflicting those of them whose payload differed from the first one's
     * @param idsFromPayload publishes whose id was found in the payload
     * @param idsFromContent publishes whose id is the hash of their content
     * @param acknowledged messages to clients confirmed for the first time
     * @param dropped messages to clients that gave way to newer ones
     * @param dead messages to clients that were given up
     * @param nonCriticalSent non-critical messages handed to connections
     * @param nonCriticalDropped non-critical messages not handed to a connection that was not ready
     * @param staleAcks acks that moved nothing: wrong epoch, or above what was written
     * @param frames written to connections
     * @param bytes written to connections
     */
    public record Messages(
            long accepted,
            long sent,
            long queued,
            long failed,
            long refused,
            long expired,
            long deduplicated,
            long conflicting,
            long idsFromPayload,
            long idsFromContent,
            long acknowledged,
            long dropped,
            long dead,
            long nonCriticalSent,
            long nonCriticalDropped,
            long staleAcks,
            long frames,
            long bytes) {}

    /**
     * What waits to be stored.
     *
     * @param currentSize publications now
     * @param maximumSize the bound
     * @param overflows publishes refused since it was reached
     */
    public record Queue(long currentSize, long maximumSize, long overflows) {}

    /**
     * Deliveries of an outbox after a first attempt failed.
     *
     * @param attempts connections on which a suspect was tried again
     * @param successes suspects confirmed after all
     * @param failures suspects given up
     */
    public record Retry(long attempts, long successes, long failures) {

        /** Between 0 and 1; 1 where nothing has been decided. */
        public double successRate() {
            long decided = successes + failures;
            return decided == 0 ? 1 : (double) successes / decided;
        }
    }

    /**
     * Breakers.
     *
     * @param engineOpen whether publishing is refused because the engine's breaker is open or the store full
     * @param engine the engine's breaker
     * @param open recipients' breakers that are open now
     * @param halfOpen recipients' breakers that are half open now
     * @param opens how often a recipient's breaker opened
     * @param halfOpens how often one became half open
     * @param closes how often one closed
     */
    public record CircuitBreaker(
            boolean engineOpen,
            EngineBreaker engine,
            long open,
            long halfOpen,
            long opens,
            long halfOpens,
            long closes) {}

    /**
     * The engine's breaker, as writes have met it.
     *
     * @param opens how often it opened
     * @param halfOpens how often it let trials through
     * @param closes how often it closed
     */
    public record EngineBreaker(BreakerState state, long opens, long halfOpens, long closes) {}
}
