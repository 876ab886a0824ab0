package io.holdfast.commands;

import io.holdfast.delivery.Member;
import io.holdfast.protocol.ChannelMember;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Publisher;
import org.jspecify.annotations.Nullable;

/** Translates at the door: delivery's members and the publishers among the clients into the wire's. */
final class Members {
    private Members() {}

    static ChannelMember info(Member member) {
        return new ChannelMember(member.client(), member.connection(), member.connectionInfo(), member.channelInfo());
    }

    /** The client that made a publication; null if no client made it. */
    static @Nullable ChannelMember publisher(Publication publication) {
        Publisher by = publication.publisher();
        return by == null
                ? null
                : new ChannelMember(by.client(), by.connection(), by.connectionInfo(), by.channelInfo());
    }
}
