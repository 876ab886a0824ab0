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
}
