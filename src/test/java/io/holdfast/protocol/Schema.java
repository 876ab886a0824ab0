package io.holdfast.protocol;

import com.google.protobuf.ByteString;
import io.holdfast.schema.ClientProtocol;
import org.jspecify.annotations.Nullable;

/** Our records as the classes that protoc generates from the schema: what the codec is held against. */
final class Schema {
    private Schema() {}

    static ClientProtocol.Command command(Command command) {
        return command(command.id(), command.request());
    }

    static ClientProtocol.Command command(int id, @Nullable Request request) {
        ClientProtocol.Command.Builder command =
                ClientProtocol.Command.newBuilder().setId(id);
        if (request instanceof ConnectRequest connect) {
            command.setConnect(connect(connect));
        } else if (request instanceof SubscribeRequest subscribe) {
            command.setSubscribe(subscribe(subscribe));
        } else if (request instanceof UnsubscribeRequest unsubscribe) {
            command.setUnsubscribe(
                    ClientProtocol.UnsubscribeRequest.newBuilder().setChannel(unsubscribe.channel()));
        } else if (request instanceof PublishRequest publish) {
            command.setPublish(ClientProtocol.PublishRequest.newBuilder()
                    .setChannel(publish.channel())
                    .setData(bytes(publish.data())));
        } else if (request instanceof PresenceRequest presence) {
            command.setPresence(ClientProtocol.PresenceRequest.newBuilder().setChannel(presence.channel()));
        } else if (request instanceof PresenceStatsRequest stats) {
            command.setPresenceStats(
                    ClientProtocol.PresenceStatsRequest.newBuilder().setChannel(stats.channel()));
        } else if (request instanceof HistoryRequest history) {
            command.setHistory(history(history));
        } else if (request instanceof PingRequest) {
            command.setPing(ClientProtocol.PingRequest.newBuilder());
        } else if (request instanceof SendRequest send) {
            command.setSend(ClientProtocol.SendRequest.newBuilder().setData(bytes(send.data())));
        } else if (request instanceof RpcRequest rpc) {
            command.setRpc(ClientProtocol.RPCRequest.newBuilder()
                    .setMethod(rpc.method())
                    .setData(bytes(rpc.data())));
        } else if (request instanceof RefreshRequest refresh) {
            command.setRefresh(ClientProtocol.RefreshRequest.newBuilder().setToken(refresh.token()));
        } else if (request instanceof SubRefreshRequest refresh) {
            command.setSubRefresh(ClientProtocol.SubRefreshRequest.newBuilder()
                    .setChannel(refresh.channel())
                    .setToken(refresh.token()));
        }
        return command.build();
    }

    private static ClientProtocol.ConnectRequest.Builder connect(ConnectRequest connect) {
        ClientProtocol.ConnectRequest.Builder out = ClientProtocol.ConnectRequest.newBuilder()
                .setToken(orEmpty(connect.token()))
                .setName(connect.name())
                .setVersion(connect.version())
                .setData(bytes(connect.data()));
        connect.subs()
                .forEach((channel, position) -> out.putSubs(
                        channel,
                        ClientProtocol.SubscribeRequest.newBuilder()
                                .setRecover(position.recover())
                                .setEpoch(position.epoch())
                                .setOffset(position.offset())
                                .build()));
        return out;
    }

    private static ClientProtocol.SubscribeRequest.Builder subscribe(SubscribeRequest subscribe) {
        return ClientProtocol.SubscribeRequest.newBuilder()
                .setChannel(subscribe.channel())
                .setToken(orEmpty(subscribe.token()))
                .setData(bytes(subscribe.data()))
                .setRecover(subscribe.recover())
                .setEpoch(subscribe.epoch())
                .setOffset(subscribe.offset())
                .setPositioned(subscribe.positioned())
                .setRecoverable(subscribe.recoverable())
                .setJoinLeave(subscribe.joinLeave())
                .setFlag(subscribe.flag())
                .setDelta(subscribe.delta())
                .setType(subscribe.type());
    }

    private static ClientProtocol.HistoryRequest.Builder history(HistoryRequest history) {
        ClientProtocol.HistoryRequest.Builder out = ClientProtocol.HistoryRequest.newBuilder()
                .setChannel(history.channel())
                .setLimit(history.limit())
                .setReverse(history.reverse());
        HistoryRequest.Since since = history.since();
        return since == null
                ? out
                : out.setSince(ClientProtocol.StreamPosition.newBuilder()
                        .setEpoch(since.epoch())
                        .setOffset(since.offset()));
    }

    static ClientProtocol.Reply reply(int id, Result result) {
        ClientProtocol.Reply.Builder reply = ClientProtocol.Reply.newBuilder().setId(id);
        if (result instanceof ConnectResult connect) {
            reply.setConnect(connect(connect));
        } else if (result instanceof SubscribeResult subscribe) {
            reply.setSubscribe(subscription(subscribe));
        } else if (result instanceof UnsubscribeResult) {
            reply.setUnsubscribe(ClientProtocol.UnsubscribeResult.newBuilder());
        } else if (result instanceof PublishResult) {
            reply.setPublish(ClientProtocol.PublishResult.newBuilder());
        } else if (result instanceof RpcResult rpc) {
            reply.setRpc(ClientProtocol.RPCResult.newBuilder().setData(bytes(rpc.data())));
        } else if (result instanceof RefreshResult refresh) {
            reply.setRefresh(ClientProtocol.RefreshResult.newBuilder()
                    .setClient(refresh.client())
                    .setVersion(refresh.version())
                    .setExpires(refresh.expires())
                    .setTtl((int) refresh.ttl()));
        } else if (result instanceof SubRefreshResult refresh) {
            reply.setSubRefresh(ClientProtocol.SubRefreshResult.newBuilder()
                    .setExpires(refresh.expires())
                    .setTtl((int) refresh.ttl()));
        } else if (result instanceof PresenceResult presence) {
            ClientProtocol.PresenceResult.Builder out = ClientProtocol.PresenceResult.newBuilder();
            presence.members().forEach((connection, member) -> out.putPresence(connection, member(member)));
            reply.setPresence(out);
        } else if (result instanceof PresenceStatsResult stats) {
            reply.setPresenceStats(ClientProtocol.PresenceStatsResult.newBuilder()
                    .setNumClients(stats.connections())
                    .setNumUsers(stats.clients()));
        } else if (result instanceof HistoryResult history) {
            ClientProtocol.HistoryResult.Builder out = ClientProtocol.HistoryResult.newBuilder()
                    .setEpoch(history.epoch())
                    .setOffset(history.offset());
            history.publications().forEach(entry -> out.addPublications(publication(entry)));
            reply.setHistory(out);
        } else if (result instanceof PingResult) {
            reply.setPing(ClientProtocol.PingResult.newBuilder());
        }
        return reply.build();
    }

    private static ClientProtocol.ConnectResult.Builder connect(ConnectResult connect) {
        ClientProtocol.ConnectResult.Builder out = ClientProtocol.ConnectResult.newBuilder()
                .setClient(connect.client())
                .setVersion(connect.version())
                .setExpires(connect.expires())
                .setTtl((int) connect.ttlSeconds())
                .setData(bytes(connect.data()))
                .setPing(connect.pingSeconds())
                .setPong(connect.pong())
                .setSession(connect.session())
                .setNode(connect.node());
        connect.subs().forEach((channel, subscription) -> out.putSubs(channel, subscription(subscription)));
        return out;
    }

    private static ClientProtocol.SubscribeResult subscription(SubscribeResult subscription) {
        ClientProtocol.SubscribeResult.Builder out = ClientProtocol.SubscribeResult.newBuilder()
                .setExpires(subscription.expires())
                .setTtl((int) subscription.ttl())
                .setRecoverable(subscription.recoverable())
                .setPositioned(subscription.positioned())
                .setEpoch(subscription.epoch())
                .setOffset(subscription.offset())
                .setWasRecovering(subscription.wasRecovering())
                .setDelta(subscription.delta())
                .setRecovered(subscription.recovered());
        if (subscription.data() != null) {
            out.setData(ByteString.copyFrom(subscription.data()));
        }
        return out.build();
    }

    static ClientProtocol.Publication publication(HistoryEntry entry) {
        ClientProtocol.Publication.Builder out = ClientProtocol.Publication.newBuilder()
                .setData(bytes(entry.payload()))
                .setOffset(entry.offset())
                .putAllTags(entry.tags())
                .putTags("id", entry.id());
        if (entry.expiresAtMillis() != Long.MAX_VALUE) {
            out.putTags("expires", Long.toString(entry.expiresAtMillis()));
        }
        if (entry.publisher() != null) {
            out.setInfo(member(entry.publisher()));
        }
        return out.build();
    }

    static ClientProtocol.ClientInfo member(ChannelMember member) {
        return ClientProtocol.ClientInfo.newBuilder()
                .setUser(member.client())
                .setClient(member.connection())
                .setConnInfo(bytes(member.connectionInfo()))
                .setChanInfo(bytes(member.channelInfo()))
                .build();
    }

    static ClientProtocol.Reply push(ClientProtocol.Push.Builder push) {
        return ClientProtocol.Reply.newBuilder().setPush(push).build();
    }

    static ClientProtocol.Push.Builder on(String channel) {
        return ClientProtocol.Push.newBuilder().setChannel(channel);
    }

    private static ByteString bytes(byte @Nullable [] data) {
        return data == null ? ByteString.EMPTY : ByteString.copyFrom(data);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
