package io.holdfast.cluster;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What all links of a node share.
 *
 * @param self this node's number
 * @param nanos monotonic, with an arbitrary start
 * @param random for nonces and pauses; a secure one outside of tests
 */
record LinkContext(
        LongSupplier self,
        LinkProof proof,
        LongSupplier nanos,
        RandomGenerator random,
        Executor executor,
        LinkCounters counters) {

    byte[] nonce() {
        byte[] nonce = new byte[LinkProof.NONCE_BYTES];
        random.nextBytes(nonce);
        return nonce;
    }
}
