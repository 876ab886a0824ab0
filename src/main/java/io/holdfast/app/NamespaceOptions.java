package io.holdfast.app;

import io.holdfast.access.Namespaces;
import io.holdfast.access.PayloadForm;
import io.holdfast.delivery.ChannelOptions;
import io.holdfast.delivery.Deduplication;
import io.holdfast.stream.Retention;
import java.time.Duration;

/** The options of a channel for delivery, from its namespace. */
record NamespaceOptions(Namespaces namespaces) implements ChannelOptions {

    @Override
    public Retention retention(String channel) {
        return namespaces.storing(channel).retention();
    }

    @Override
    public Duration timeToLive(String channel) {
        return namespaces.storing(channel).timeToLive();
    }

    @Override
    public Deduplication deduplication(String channel) {
        return namespaces.storing(channel).deduplication();
    }

    @Override
    public int newChannelsPerHour(String channel) {
        return namespaces.storing(channel).newChannelsPerHour();
    }

    @Override
    public boolean anyPayload(String channel) {
        return namespaces.storing(channel).payload() == PayloadForm.ANY;
    }

    @Override
    public boolean joinLeave(String channel) {
        return namespaces.storing(channel).joinLeave();
    }
}
