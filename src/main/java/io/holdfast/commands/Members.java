package io.holdfast.commands;

import io.holdfast.delivery.Member;
import io.holdfast.protocol.MemberInfo;

/** Translates at the door: delivery's members into the wire's. */
final class Members {
    private Members() {}

    static MemberInfo info(Member member) {
        return new MemberInfo(member.client(), member.connection(), member.connectionInfo(), member.channelInfo());
    }
}
