package io.holdfast.delivery;

import java.util.Collections;
import java.util.SortedMap;

/**
 * A snapshot of delivery's counters since the start of this node. It is not atomic as a whole.
 *
 * @param sendLatency from publishing to the frame in which a publication is written to a connection
 * @param confirmLatency from publishing to the first confirmation, messages to clients only
 * @param limits how often a peer ran into each {@link Limit}, by the limit's name
 * @param eventsDiscarded events that no observer got because too many waited for the observers
 */
public record DeliveryStats(
        Connections connections,
        Messages messages,
        Queue queue,
        Retry retry,
        CircuitBreaker circuitBreaker,
        LatencyStats sendLatency,
        LatencyStats confirmLatency,
        SortedMap<String, Long> limits,
        long eventsDiscarded) {

    public DeliveryStats {
        limits = Collections.unmodifiableSortedMap(limits);
    }

    /**
     * Connections.
     *
     * @param total registered since the start
     * @param active open now
     * @param failed ended by a failed or too slow write
     * @param reconnections connections of devices that were already known
     * @param timeouts ended by a missing pong
     * @param slow ended because they read too slowly
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
     * @param expired messages to clients that expired unconfirmed
     * @param deduplicated publishes answered with an earlier receipt
     * @param conflicting duplicates whose payload differed from that of the first message
     * @param idsFromPayload publishes whose id was found in the payload
     * @param idsFromContent publishes whose id is the hash of their content
     * @param acknowledged messages to clients confirmed for the first time
     * @param dropped messages to clients that were dropped to make room for newer ones
     * @param dead messages to clients that were given up
     * @param nonCriticalSent non-critical messages handed to connections
     * @param nonCriticalDropped non-critical messages not handed to a connection that was not ready
     * @param staleAcks acks that were refused: a wrong epoch, or an offset that was not written to the device
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
     * The queue of publications that wait to be stored.
     *
     * @param currentSize publications that wait now
     * @param maximumSize the largest size
     * @param overflows publishes refused because the queue was full
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

        /** The share of successes, between 0 and 1; 1 if there is no outcome yet. */
        public double successRate() {
            long decided = successes + failures;
            return decided == 0 ? 1 : (double) successes / decided;
        }
    }

    /**
     * Breakers.
     *
     * @param engineOpen whether publishing is refused because the engine's breaker is open, or the store is full or does not answer
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
     * The engine's breaker, as seen by writes.
     *
     * @param opens how often it opened
     * @param halfOpens how often it let trials through
     * @param closes how often it closed
     */
    public record EngineBreaker(BreakerState state, long opens, long halfOpens, long closes) {}
}
