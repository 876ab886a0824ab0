package io.holdfast.commands;

import io.holdfast.delivery.Member;
import io.holdfast.protocol.MemberInfo;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Publisher;
import org.jspecify.annotations.Nullable;

/** Translates at the door: delivery's members and the publishers among the clients into the wire's. */
final class Members {
    private Members() {}

    static MemberInfo info(Member member) {
        return new MemberInfo(member.client(), member.connection(), member.connectionInfo(), member.channelInfo());
    }

    /** The client that published something itself; null if none did. */
    static @Nullable MemberInfo publisher(Publication publication) {
        Publisher by = publication.publisher();
        return by == null ? null : new MemberInfo(by.client(), by.connection(), by.connectionInfo(), by.channelInfo());
    }
}
