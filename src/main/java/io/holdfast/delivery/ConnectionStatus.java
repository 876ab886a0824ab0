package io.holdfast.delivery;

import org.jspecify.annotations.Nullable;

/**
 * One open connection of a client, as its node sees it now.
 *
 * @param id unique on its node
 * @param device null for a connection without an outbox
 * @param node the number of its node; 0 for one that is alone
 * @param address of the peer; empty if it is not known
 * @param explicit whether only acks confirm; otherwise answered pings do
 * @param written the highest offset of the outbox that was written to it; 0 for none
 * @param answered the highest offset written before a ping that it has answered; 0 for none
 * @param unconfirmedBytes written since the last ping that it has answered
 * @param bufferedBytes in its send buffer, not yet written
 * @param bufferLimitBytes what the send buffer may hold: above that the connection ends as a slow consumer
 * @param heldBack whether nothing is written until it answers a ping
 * @param writingMillis how long a write has been under way that the client does not read; 0 for none
 * @param unansweredMillis how long a ping has been without an answer; 0 for none
 * @param allowance how many more messages may be under way to it; -1 without a limit
 * @param channels that it is subscribed to, without the outbox
 */
public record ConnectionStatus(
        String id,
        String client,
        @Nullable String device,
        long node,
        String address,
        long openedAtMillis,
        State state,
        boolean explicit,
        long written,
        long answered,
        long unconfirmedBytes,
        long bufferedBytes,
        long bufferLimitBytes,
        boolean heldBack,
        long writingMillis,
        long unansweredMillis,
        int allowance,
        int channels) {

    /** How the client's outbox is delivered to it. */
    public enum State {
        /** It has asked for no outbox. */
        NONE,
        /** It still reads the outbox from the store. */
        BEHIND,
        /** It receives messages as they arrive. */
        LIVE
    }
}
