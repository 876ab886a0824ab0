package io.holdfast.protocol;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Protobuf form of the wire: every piece begins with its length, so that pieces need nothing between them. The numbers
 * are those of {@code client.proto}. Reading is {@link ProtobufCommands}.
 */
public final class ProtobufCodec implements Codec {

    private static final byte[] PING = {0};
    private static final int MAP_KEY = 1;
    private static final int MAP_VALUE = 2;

    @Override
    public boolean binary() {
        return true;
    }

    @Override
    public List<Command> decode(byte[] frame) throws MalformedFrameException {
        List<Command> commands = new ProtobufCommands(frame).read();
        if (commands.isEmpty()) {
            throw new MalformedFrameException("the frame is empty");
        }
        return commands;
    }

    @Override
    public List<Command> decode(String frame) throws MalformedFrameException {
        throw new MalformedFrameException("Protobuf does not come as text");
    }

    @Override
    public byte[] reply(int id, Result result) {
        ProtobufOutput out = new ProtobufOutput(256).field(1, id);
        if (result instanceof ConnectResult connect) {
            out.field(5, connect(connect));
        } else if (result instanceof SubscribeResult subscribe) {
            out.field(6, subscription(subscribe));
        } else if (result instanceof UnsubscribeResult) {
            out.field(7, message());
        } else if (result instanceof PublishResult) {
            out.field(8, message());
        } else if (result instanceof PresenceResult presence) {
            out.field(9, presence(presence));
        } else if (result instanceof PresenceStatsResult stats) {
            out.field(10, message().field(1, stats.connections()).field(2, stats.clients()));
        } else if (result instanceof HistoryResult history) {
            out.field(11, history(history));
        } else if (result instanceof PingResult) {
            out.field(12, message());
        } else if (result instanceof RpcResult rpc) {
            out.field(13, message().field(1, rpc.data()));
        } else if (result instanceof RefreshResult refresh) {
            out.field(14, refresh(refresh));
        } else if (result instanceof SubRefreshResult refresh) {
            out.field(15, message().field(1, refresh.expires()).field(2, refresh.ttl()));
        }
        return out.toPiece();
    }

    @Override
    public byte[] error(int id, ErrorCode error) {
        return new ProtobufOutput(64)
                .field(1, id)
                .field(
                        2,
                        message()
                                .field(1, error.code())
                                .field(2, error.message())
                                .field(3, error.temporary()))
                .toPiece();
    }

    @Override
    public byte[] ping() {
        return PING;
    }

    @Override
    public byte[] publicationPush(
            String channel,
            long offset,
            byte[] payload,
            String id,
            long expiresAtMillis,
            Map<String, String> tags,
            @Nullable MemberInfo publisher) {
        return new ProtobufPublication(payload, info(publisher), offset, id, expiresAtMillis, tags).push(channel);
    }

    @Override
    public byte[] joinPush(String channel, MemberInfo member) {
        return push(message().field(2, channel).field(5, message().field(1, member(member))));
    }

    @Override
    public byte[] leavePush(String channel, MemberInfo member) {
        return push(message().field(2, channel).field(6, message().field(1, member(member))));
    }

    @Override
    public byte[] unsubscribePush(String channel, int code, String reason) {
        return push(
                message().field(2, channel).field(7, message().field(2, code).field(3, reason)));
    }

    @Override
    public byte[] subscribePush(String channel, SubscribeResult subscription, byte @Nullable [] data) {
        ProtobufOutput subscribe = message()
                .field(1, subscription.recoverable())
                .field(4, subscription.epoch())
                .field(5, subscription.offset())
                .field(6, subscription.positioned())
                .field(7, data);
        return push(message().field(2, channel).field(9, subscribe));
    }

    @Override
    public byte[] disconnectPush(int code, String reason, boolean reconnect) {
        ProtobufOutput disconnect = message().field(1, code).field(2, reason).field(3, reconnect);
        return push(message().field(11, disconnect));
    }

    @Override
    public byte[] refreshPush(boolean expires, long ttl) {
        return push(message().field(12, message().field(1, expires).field(2, ttl)));
    }

    private static byte[] push(ProtobufOutput push) {
        return message().field(4, push).toPiece();
    }

    private static ProtobufOutput connect(ConnectResult connect) {
        ProtobufOutput out = new ProtobufOutput(192)
                .field(1, connect.client())
                .field(2, connect.version())
                .field(3, connect.expires())
                .field(4, connect.ttlSeconds())
                .field(5, connect.data());
        connect.subs().forEach((channel, subscription) -> out.field(6, entry(channel, subscription(subscription))));
        return out.field(7, connect.pingSeconds())
                .field(8, connect.pong())
                .field(9, connect.session())
                .field(10, connect.node());
    }

    private static ProtobufOutput subscription(SubscribeResult subscription) {
        return message()
                .field(1, subscription.expires())
                .field(2, subscription.ttl())
                .field(3, subscription.recoverable())
                .field(6, subscription.epoch())
                .field(8, subscription.recovered())
                .field(9, subscription.offset())
                .field(10, subscription.positioned())
                .field(12, subscription.wasRecovering());
    }

    private static ProtobufOutput presence(PresenceResult presence) {
        ProtobufOutput out = message();
        presence.members().forEach((connection, member) -> out.field(1, entry(connection, member(member))));
        return out;
    }

    private static ProtobufOutput member(MemberInfo member) {
        return message()
                .field(1, member.client())
                .field(2, member.connection())
                .field(3, member.connectionInfo())
                .field(4, member.channelInfo());
    }

    private static byte @Nullable [] info(@Nullable MemberInfo publisher) {
        return publisher == null ? null : member(publisher).toBytes();
    }

    private static ProtobufOutput history(HistoryResult history) {
        ProtobufOutput out = message();
        for (HistoryEntry entry : history.publications()) {
            new ProtobufPublication(
                            entry.payload(),
                            info(entry.publisher()),
                            entry.offset(),
                            entry.id(),
                            entry.expiresAtMillis(),
                            entry.tags())
                    .writeTo(out, 1);
        }
        return out.field(2, history.epoch()).field(3, history.offset());
    }

    private static ProtobufOutput refresh(RefreshResult refresh) {
        return message()
                .field(1, refresh.client())
                .field(2, refresh.version())
                .field(3, refresh.expires())
                .field(4, refresh.ttl());
    }

    private static ProtobufOutput entry(String key, ProtobufOutput value) {
        return message().field(MAP_KEY, key).field(MAP_VALUE, value);
    }

    private static ProtobufOutput message() {
        return new ProtobufOutput(64);
    }
}
