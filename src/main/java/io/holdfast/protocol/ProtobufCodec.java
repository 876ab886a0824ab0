package io.holdfast.protocol;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Protobuf form of the wire: every piece begins with its length, so that pieces need nothing between them. The numbers
 * are {@link Field}. Reading is {@link ProtobufCommands}.
 */
public final class ProtobufCodec implements Codec {

    private static final byte[] PING = {0};

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
        ProtobufOutput out = new ProtobufOutput(256).field(Field.Reply.ID, id);
        if (result instanceof ConnectResult connect) {
            out.field(Field.Reply.CONNECT, connect(connect));
        } else if (result instanceof SubscribeResult subscribe) {
            out.field(Field.Reply.SUBSCRIBE, subscription(subscribe));
        } else if (result instanceof UnsubscribeResult) {
            out.field(Field.Reply.UNSUBSCRIBE, message());
        } else if (result instanceof PublishResult) {
            out.field(Field.Reply.PUBLISH, message());
        } else if (result instanceof PresenceResult presence) {
            out.field(Field.Reply.PRESENCE, presence(presence));
        } else if (result instanceof PresenceStatsResult stats) {
            out.field(Field.Reply.PRESENCE_STATS, stats(stats));
        } else if (result instanceof HistoryResult history) {
            out.field(Field.Reply.HISTORY, history(history));
        } else if (result instanceof PingResult) {
            out.field(Field.Reply.PING, message());
        } else if (result instanceof RpcResult rpc) {
            out.field(Field.Reply.RPC, message().field(Field.RpcResult.DATA, rpc.data()));
        } else if (result instanceof RefreshResult refresh) {
            out.field(Field.Reply.REFRESH, refresh(refresh));
        } else if (result instanceof SubRefreshResult refresh) {
            out.field(Field.Reply.SUB_REFRESH, subRefresh(refresh));
        } else {
            throw new IllegalArgumentException("a result without a Protobuf form: " + result.getClass());
        }
        return out.toPiece();
    }

    @Override
    public byte[] error(int id, int code, String message, boolean temporary) {
        ProtobufOutput out = message()
                .field(Field.Error.CODE, code)
                .field(Field.Error.MESSAGE, message)
                .field(Field.Error.TEMPORARY, temporary);
        return new ProtobufOutput(64)
                .field(Field.Reply.ID, id)
                .field(Field.Reply.ERROR, out)
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
            @Nullable String id,
            long expiresAtMillis,
            Map<String, String> tags,
            @Nullable ChannelMember publisher) {
        return compressedPush(channel, offset, payload, false, id, expiresAtMillis, tags, publisher);
    }

    @Override
    public byte[] compressedPush(
            String channel,
            long offset,
            byte[] data,
            boolean delta,
            @Nullable String id,
            long expiresAtMillis,
            Map<String, String> tags,
            @Nullable ChannelMember publisher) {
        return new ProtobufPublication(data, delta, info(publisher), offset, id, expiresAtMillis, tags).push(channel);
    }

    @Override
    public byte[] joinPush(String channel, ChannelMember member) {
        return push(message()
                .field(Field.Push.CHANNEL, channel)
                .field(Field.Push.JOIN, message().field(Field.Join.INFO, member(member))));
    }

    @Override
    public byte[] leavePush(String channel, ChannelMember member) {
        return push(message()
                .field(Field.Push.CHANNEL, channel)
                .field(Field.Push.LEAVE, message().field(Field.Leave.INFO, member(member))));
    }

    @Override
    public byte[] unsubscribePush(String channel, int code, String reason) {
        ProtobufOutput unsubscribe =
                message().field(Field.Unsubscribe.CODE, code).field(Field.Unsubscribe.REASON, reason);
        return push(message().field(Field.Push.CHANNEL, channel).field(Field.Push.UNSUBSCRIBE, unsubscribe));
    }

    @Override
    public byte[] subscribePush(String channel, SubscribeResult subscription, byte @Nullable [] data) {
        ProtobufOutput subscribe = message()
                .field(Field.Subscribe.RECOVERABLE, subscription.recoverable())
                .field(Field.Subscribe.EPOCH, subscription.epoch())
                .field(Field.Subscribe.OFFSET, subscription.offset())
                .field(Field.Subscribe.POSITIONED, subscription.positioned())
                .field(Field.Subscribe.DATA, data);
        return push(message().field(Field.Push.CHANNEL, channel).field(Field.Push.SUBSCRIBE, subscribe));
    }

    @Override
    public byte[] disconnectPush(int code, String reason, boolean reconnect) {
        ProtobufOutput disconnect = message()
                .field(Field.Disconnect.CODE, code)
                .field(Field.Disconnect.REASON, reason)
                .field(Field.Disconnect.RECONNECT, reconnect);
        return push(message().field(Field.Push.DISCONNECT, disconnect));
    }

    @Override
    public byte[] refreshPush(boolean expires, long ttl) {
        ProtobufOutput refresh = message().field(Field.Refresh.EXPIRES, expires).field(Field.Refresh.TTL, ttl);
        return push(message().field(Field.Push.REFRESH, refresh));
    }

    private static byte[] push(ProtobufOutput push) {
        return message().field(Field.Reply.PUSH, push).toPiece();
    }

    private static ProtobufOutput connect(ConnectResult connect) {
        ProtobufOutput out = new ProtobufOutput(192)
                .field(Field.ConnectResult.CLIENT, connect.client())
                .field(Field.ConnectResult.VERSION, connect.version())
                .field(Field.ConnectResult.EXPIRES, connect.expires())
                .field(Field.ConnectResult.TTL, connect.ttlSeconds())
                .field(Field.ConnectResult.DATA, connect.data());
        connect.subs()
                .forEach((channel, subscription) ->
                        out.field(Field.ConnectResult.SUBS, entry(channel, subscription(subscription))));
        return out.field(Field.ConnectResult.PING, connect.pingSeconds())
                .field(Field.ConnectResult.PONG, connect.pong())
                .field(Field.ConnectResult.SESSION, connect.session())
                .field(Field.ConnectResult.NODE, connect.node());
    }

    private static ProtobufOutput subscription(SubscribeResult subscription) {
        return message()
                .field(Field.SubscribeResult.EXPIRES, subscription.expires())
                .field(Field.SubscribeResult.TTL, subscription.ttl())
                .field(Field.SubscribeResult.RECOVERABLE, subscription.recoverable())
                .field(Field.SubscribeResult.EPOCH, subscription.epoch())
                .field(Field.SubscribeResult.RECOVERED, subscription.recovered())
                .field(Field.SubscribeResult.OFFSET, subscription.offset())
                .field(Field.SubscribeResult.POSITIONED, subscription.positioned())
                .field(Field.SubscribeResult.DATA, subscription.data())
                .field(Field.SubscribeResult.WAS_RECOVERING, subscription.wasRecovering())
                .field(Field.SubscribeResult.DELTA, subscription.delta());
    }

    private static ProtobufOutput presence(PresenceResult presence) {
        ProtobufOutput out = message();
        presence.members()
                .forEach((connection, member) ->
                        out.field(Field.PresenceResult.PRESENCE, entry(connection, member(member))));
        return out;
    }

    private static ProtobufOutput member(ChannelMember member) {
        return message()
                .field(Field.ClientInfo.USER, member.client())
                .field(Field.ClientInfo.CLIENT, member.connection())
                .field(Field.ClientInfo.CONN_INFO, member.connectionInfo())
                .field(Field.ClientInfo.CHAN_INFO, member.channelInfo());
    }

    private static byte @Nullable [] info(@Nullable ChannelMember publisher) {
        return publisher == null ? null : member(publisher).toBytes();
    }

    private static ProtobufOutput history(HistoryResult history) {
        ProtobufOutput out = message();
        for (HistoryEntry entry : history.publications()) {
            new ProtobufPublication(
                            entry.payload(),
                            false,
                            info(entry.publisher()),
                            entry.offset(),
                            entry.id(),
                            entry.expiresAtMillis(),
                            entry.tags())
                    .writeTo(out, Field.HistoryResult.PUBLICATIONS);
        }
        return out.field(Field.HistoryResult.EPOCH, history.epoch())
                .field(Field.HistoryResult.OFFSET, history.offset());
    }

    private static ProtobufOutput refresh(RefreshResult refresh) {
        return message()
                .field(Field.RefreshResult.CLIENT, refresh.client())
                .field(Field.RefreshResult.VERSION, refresh.version())
                .field(Field.RefreshResult.EXPIRES, refresh.expires())
                .field(Field.RefreshResult.TTL, refresh.ttl());
    }

    private static ProtobufOutput subRefresh(SubRefreshResult refresh) {
        return message()
                .field(Field.SubRefreshResult.EXPIRES, refresh.expires())
                .field(Field.SubRefreshResult.TTL, refresh.ttl());
    }

    private static ProtobufOutput stats(PresenceStatsResult stats) {
        return message()
                .field(Field.PresenceStatsResult.NUM_CLIENTS, stats.connections())
                .field(Field.PresenceStatsResult.NUM_USERS, stats.clients());
    }

    private static ProtobufOutput entry(String key, ProtobufOutput value) {
        return message().field(Field.Entry.KEY, key).field(Field.Entry.VALUE, value);
    }

    private static ProtobufOutput message() {
        return new ProtobufOutput(64);
    }
}
