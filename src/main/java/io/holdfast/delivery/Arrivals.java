package io.holdfast.delivery;

import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.util.List;

/**
 * Takes what other nodes pass on to this one. Any thread; waits for nothing. What is too much is dropped, and read from the store
 * where it is stored. What arrives twice, late, in another order, or not at all is delivered once and in order all the same.
 */
public interface Arrivals {

    /** A publication that another node has stored. */
    record Arrival(String stream, Position position, Publication publication) {}

    void stored(List<Arrival> arrivals);

    /** A non-critical message, which is not stored. */
    void passedOn(String channel, Publication publication);

    /** A connection of another node has subscribed. */
    void joined(String channel, Member member);

    /** The subscription of such a connection has ended. */
    void left(String channel, Member member);

    /** Something that was stored may not have arrived: a link broke or dropped something. All channels compare with the store. */
    void missed();
}
