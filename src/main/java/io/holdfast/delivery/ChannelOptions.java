package io.holdfast.delivery;

import io.holdfast.stream.Retention;
import java.time.Duration;

/** What applies to the streams of a channel. Any thread; answers do not change while the server runs. */
public interface ChannelOptions {

    /** Bounds of the channel's stream. */
    Retention retention(String channel);

    /** Time to live of a publication that names none; {@link Duration#ZERO} for no expiry. */
    Duration timeToLive(String channel);

    /** How repeated publications are recognised. */
    Deduplication deduplication(String channel);

    /** How many such channels one client may begin in an hour by publishing to names that nobody has used; 0 for no limit. */
    default int newChannelsPerHour(String channel) {
        return 0;
    }

    /** Whether those whom the server subscribes are told who comes and goes, and the others of them. */
    default boolean joinLeave(String channel) {
        return false;
    }
}
