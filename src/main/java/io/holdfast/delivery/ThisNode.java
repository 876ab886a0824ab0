package io.holdfast.delivery;

import java.util.Optional;

/** What this node knows from memory, without the engine and without other nodes. Any thread; never waits. */
public interface ThisNode {

    /**
     * The first entries of a list.
     *
     * @param after only names behind this one; empty for all
     * @param most at least 1
     */
    <T> NamedPage<T> page(Listing<T> of, String after, int most);

    /** What was counted for a client here, and its devices as far as its outbox is in memory; empty if nothing is known. */
    Optional<ClientStatus> seen(String client);

    /** How many connections a client has here; 0 where their number is not limited. */
    int connections(String client);

    /** Whether a message of a client is queued or sent, as far as its outbox in memory knows; empty if that is not in memory. */
    Optional<MessageState> state(String client, long offset);
}
