package io.holdfast.protocol;

import java.util.Map;

/** Answer to presence. @param members by the id of their connection */
public record PresenceResult(Map<String, ChannelMember> members) implements Result {
    public PresenceResult {
        members = Map.copyOf(members);
    }
}
