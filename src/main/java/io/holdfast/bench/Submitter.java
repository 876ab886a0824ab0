package io.holdfast.bench;

import java.util.List;

/** Hands messages to the server, some at a time, and hears its receipts. */
interface Submitter {

    /** Hears what became of one submission. */
    interface Receipt {
        /** @param accepted false if the server refused any of them, or the connection ended before it answered */
        void came(boolean accepted, String answer);
    }

    /** Whether another submission can leave at once. */
    boolean isFree();

    /**
     * @param firstSequence of the messages
     * @param data their payloads, in order
     */
    void submit(int firstSequence, List<byte[]> data, Receipt receipt);
}
