package io.holdfast.delivery;

import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What this node's delivery tells the other nodes. Nothing of it is sure to arrive: the others find out about stored publications
 * from the store, too.
 *
 * <p>Duties of an implementer: no method waits, fails, or calls delivery. What cannot be passed on is lost.
 */
public interface OtherNodes {

    /** Of a node that is alone. */
    OtherNodes NONE = new OtherNodes() {
        @Override
        public void stored(String stream, Position position, Publication publication) {}

        @Override
        public void flush() {}

        @Override
        public void passedOn(String channel, Publication publication) {}

        @Override
        public void subscribed(String channel) {}

        @Override
        public void unsubscribed(String channel) {}

        @Override
        public void joined(String channel, Member member) {}

        @Override
        public void left(String channel, Member member) {}

        @Override
        public int count() {
            return 0;
        }

        @Override
        public CompletionStage<Integer> connectionsOf(String client) {
            return CompletableFuture.completedFuture(0);
        }
    };

    /** This node has stored a publication. Called by one thread, in the order of the commits of this node. */
    void stored(String stream, Position position, Publication publication);

    /** The end of a batch of {@link #stored}, by the same thread. */
    void flush();

    /** This node has passed a non-critical message on, which is not stored. Any thread. */
    void passedOn(String channel, Publication publication);

    /**
     * The channel, or outbox, has its first subscription on this node. Called before the subscription reads its position. Any
     * thread; the calls for one channel come in order, under the lock of its entry in the map of channels.
     */
    void subscribed(String channel);

    /** The last subscription to the channel on this node has ended; otherwise as {@link #subscribed}. */
    void unsubscribed(String channel);

    /** A connection of this node has subscribed, and others want to know of it. Any thread. */
    void joined(String channel, Member member);

    /** The subscription of such a connection has ended. Any thread. */
    void left(String channel, Member member);

    /** How many there are, as far as is known. Any thread. */
    int count();

    /** How many connections of a client they have; those that do not answer in time count as none. Never fails. Any thread. */
    CompletionStage<Integer> connectionsOf(String client);
}
