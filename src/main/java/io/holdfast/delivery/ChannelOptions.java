package io.holdfast.delivery;

import io.holdfast.stream.Retention;
import java.time.Duration;

/** The options of channels. Any thread; the answers do not change while the server runs. */
public interface ChannelOptions {

    /** Bounds of the channel's stream. */
    Retention retention(String channel);

    /** Time to live of a publication that names none; {@link Duration#ZERO} for no expiry. */
    Duration timeToLive(String channel);

    /** How repeated publications are recognised. */
    Deduplication deduplication(String channel);

    /** How many such channels one client may create in an hour by publishing to new names; 0 for no limit. */
    default int newChannelsPerHour(String channel) {
        return 0;
    }

    /** Whether payloads need not be JSON. */
    default boolean anyPayload(String channel) {
        return false;
    }

    /** Whether clients that the server subscribes get join and leave messages, and are announced by them. */
    default boolean joinLeave(String channel) {
        return false;
    }
}
