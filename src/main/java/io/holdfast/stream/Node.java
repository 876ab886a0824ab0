package io.holdfast.stream;

import java.time.Instant;

/**
 * A node that other nodes can reach.
 *
 * @param number which no other node ever has
 * @param since when it has been there without a pause, by the clock of the store
 */
public record Node(long number, NodeAddress address, Instant since) {}
