package io.holdfast.delivery;

/**
 * What a node says of itself.
 *
 * @param number which no other node ever has; 0 where nodes are not numbered, because there is only one
 * @param uid random, of one start of the node
 * @param name as configured
 * @param version of the software
 * @param connections open now
 * @param clients with a connection
 * @param channels with subscribers
 * @param subscriptions to channels
 */
public record NodeReport(
        long number,
        String uid,
        String name,
        String version,
        long connections,
        long clients,
        long channels,
        long subscriptions,
        long uptimeSeconds) {}
