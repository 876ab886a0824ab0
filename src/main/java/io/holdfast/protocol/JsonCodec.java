package io.holdfast.protocol;

import static io.holdfast.json.JsonOutput.ascii;

import io.holdfast.json.JsonInput;
import io.holdfast.json.JsonOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON form of the wire. Reading is {@link JsonCommands}, the bytes are {@link JsonOutput}. */
public final class JsonCodec implements Codec {

    private static final byte[] PING = ascii("{}");
    private static final String PONG = "{}";
    private static final List<Command> PONG_ALONE = List.of(new Command(0, null));

    private static final byte[] PUSH_CHANNEL = ascii("{\"push\":{\"channel\":");
    private static final byte[] PUB = ascii(",\"pub\":");
    private static final byte[] DATA = ascii("{\"data\":");
    private static final byte[] INFO = ascii(",\"info\":");
    private static final byte[] DELTA = ascii(",\"delta\":true");
    private static final byte[] OFFSET = ascii(",\"offset\":");
    private static final byte[] TAGS = ascii(",\"tags\":{");
    private static final byte[] ID_TAG = ascii("\"id\":");
    private static final byte[] EXPIRES_TAG = ascii(",\"expires\":\"");
    private static final int PUBLICATION_FRAME = 128; // what the constants above and three numbers take

    @Override
    public boolean binary() {
        return false;
    }

    @Override
    public List<Command> decode(byte[] frame) throws MalformedFrameException {
        try {
            return decode(JsonInput.utf8(frame));
        } catch (IOException e) {
            throw new MalformedFrameException("the frame is not UTF-8");
        }
    }

    @Override
    public List<Command> decode(String frame) throws MalformedFrameException {
        if (frame.equals(PONG)) {
            return PONG_ALONE;
        }
        List<Command> commands;
        try (JsonInput in = new JsonInput(frame)) {
            commands = new JsonCommands(in).read();
        } catch (IOException e) {
            throw new MalformedFrameException("the frame is not a sequence of commands in JSON");
        }
        if (commands.isEmpty()) {
            throw new MalformedFrameException("the frame is empty");
        }
        return commands;
    }

    @Override
    public byte[] reply(int id, Result result) {
        JsonOutput out = new JsonOutput(256).open().field("id", id);
        if (result instanceof ConnectResult connect) {
            connect(out.name("connect").open(), connect);
        } else if (result instanceof SubscribeResult subscribe) {
            subscription(out.name("subscribe").open(), subscribe);
        } else if (result instanceof RpcResult rpc) {
            out.name("rpc").open().name("data").raw(rpc.data());
        } else if (result instanceof RefreshResult refresh) {
            refresh(out.name("refresh").open(), refresh);
        } else if (result instanceof SubRefreshResult refresh) {
            out.name("sub_refresh").open().field("expires", refresh.expires()).field("ttl", refresh.ttl());
        } else if (result instanceof PresenceResult presence) {
            presence(out.name("presence").open().name("presence").open(), presence);
        } else if (result instanceof PresenceStatsResult stats) {
            out.name("presence_stats")
                    .open()
                    .count("num_clients", stats.connections())
                    .count("num_users", stats.clients());
        } else if (result instanceof HistoryResult history) {
            history(out.name("history").open(), history);
        } else if (result instanceof UnsubscribeResult) {
            out.name("unsubscribe").open();
        } else if (result instanceof PublishResult) {
            out.name("publish").open();
        } else if (result instanceof PingResult) {
            out.name("ping").open();
        } else {
            throw new IllegalArgumentException("a result without a JSON form: " + result.getClass());
        }
        return out.close().close().toBytes();
    }

    @Override
    public byte[] error(int id, int code, String message, boolean temporary) {
        return new JsonOutput(128)
                .open()
                .field("id", id)
                .name("error")
                .open()
                .field("code", code)
                .field("message", message)
                .field("temporary", temporary)
                .close()
                .close()
                .toBytes();
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
        JsonOutput out = new JsonOutput(capacity(channel, payload, id));
        out.raw(PUSH_CHANNEL).string(channel).raw(PUB).raw(DATA).raw(payload);
        publication(out, offset, id, expiresAtMillis, tags, publisher);
        return out.close().close().toBytes();
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
        JsonOutput out = new JsonOutput(capacity(channel, data, id));
        out.raw(PUSH_CHANNEL).string(channel).raw(PUB).raw(DATA).string(new String(data, StandardCharsets.UTF_8));
        if (delta) {
            out.raw(DELTA);
        }
        publication(out, offset, id, expiresAtMillis, tags, publisher);
        return out.close().close().toBytes();
    }

    @Override
    public byte[] joinPush(String channel, ChannelMember member) {
        return memberPush(channel, "join", member);
    }

    @Override
    public byte[] leavePush(String channel, ChannelMember member) {
        return memberPush(channel, "leave", member);
    }

    @Override
    public byte[] subscribePush(String channel, SubscribeResult subscription, byte @Nullable [] data) {
        JsonOutput out = new JsonOutput(256)
                .raw(PUSH_CHANNEL)
                .string(channel)
                .comma()
                .name("subscribe")
                .open();
        subscription(out, subscription);
        if (data != null) {
            out.name("data").raw(data);
        }
        return out.close().close().close().toBytes();
    }

    @Override
    public byte[] refreshPush(boolean expires, long ttl) {
        return new JsonOutput(128)
                .open()
                .name("push")
                .open()
                .name("refresh")
                .open()
                .field("expires", expires)
                .field("ttl", ttl)
                .close()
                .close()
                .close()
                .toBytes();
    }

    @Override
    public byte[] unsubscribePush(String channel, int code, String reason) {
        return new JsonOutput(128)
                .raw(PUSH_CHANNEL)
                .string(channel)
                .comma()
                .name("unsubscribe")
                .open()
                .field("code", code)
                .field("reason", reason)
                .close()
                .close()
                .close()
                .toBytes();
    }

    @Override
    public byte[] disconnectPush(int code, String reason, boolean reconnect) {
        return new JsonOutput(128)
                .open()
                .name("push")
                .open()
                .name("disconnect")
                .open()
                .field("code", code)
                .field("reason", reason)
                .field("reconnect", reconnect)
                .close()
                .close()
                .close()
                .toBytes();
    }

    private static void connect(JsonOutput out, ConnectResult connect) {
        out.field("client", connect.client())
                .field("version", connect.version())
                .field("expires", connect.expires())
                .field("ttl", connect.ttlSeconds());
        if (connect.data() != null) {
            out.name("data").raw(connect.data()).comma();
        }
        if (!connect.subs().isEmpty()) {
            out.name("subs").open();
            connect.subs().forEach((channel, subscription) -> {
                subscription(out.name(channel).open(), subscription);
                out.close().comma();
            });
            out.close().comma();
        }
        out.field("ping", connect.pingSeconds())
                .field("pong", connect.pong())
                .field("session", connect.session())
                .field("node", connect.node());
    }

    private static void subscription(JsonOutput out, SubscribeResult subscription) {
        out.field("expires", subscription.expires())
                .field("ttl", subscription.ttl())
                .field("recoverable", subscription.recoverable())
                .field("positioned", subscription.positioned())
                .field("epoch", subscription.epoch())
                .field("offset", subscription.offset())
                .field("was_recovering", subscription.wasRecovering())
                .field("recovered", subscription.recovered())
                .field("delta", subscription.delta());
        if (subscription.data() != null) {
            out.name("data").raw(subscription.data());
        }
    }

    /** About what a push of a publication takes. */
    private static int capacity(String channel, byte[] data, @Nullable String id) {
        return PUBLICATION_FRAME + data.length + channel.length() + (id == null ? 0 : id.length());
    }

    /** The rest of a publication behind its data. */
    private static void publication(
            JsonOutput out,
            long offset,
            @Nullable String id,
            long expiresAtMillis,
            Map<String, String> tags,
            @Nullable ChannelMember publisher) {
        if (offset != 0) {
            out.raw(OFFSET).number(offset);
        }
        if (id != null || !tags.isEmpty()) {
            out.raw(TAGS);
            tags.forEach((name, value) -> out.name(name).string(value).comma());
            if (id != null) {
                out.raw(ID_TAG).string(id);
                if (expiresAtMillis != Long.MAX_VALUE) {
                    out.raw(EXPIRES_TAG).number(expiresAtMillis).raw('"');
                }
            }
            out.close();
        }
        if (publisher != null) {
            out.raw(INFO).open();
            member(out, publisher);
            out.close();
        }
        out.raw('}');
    }

    private static void history(JsonOutput out, HistoryResult history) {
        if (!history.publications().isEmpty()) {
            out.name("publications").raw('[');
            String separator = "";
            for (HistoryEntry entry : history.publications()) {
                out.raw(ascii(separator)).raw(DATA).raw(entry.payload());
                publication(out, entry.offset(), entry.id(), entry.expiresAtMillis(), entry.tags(), entry.publisher());
                separator = ",";
            }
            out.raw(']').comma();
        }
        out.field("epoch", history.epoch()).field("offset", history.offset());
    }

    private static void presence(JsonOutput out, PresenceResult presence) {
        presence.members().forEach((connection, member) -> {
            member(out.name(connection).open(), member);
            out.close().comma();
        });
        out.close();
    }

    private static void member(JsonOutput out, ChannelMember member) {
        out.field("user", member.client()).field("client", member.connection());
        if (member.connectionInfo() != null) {
            out.name("conn_info").raw(member.connectionInfo()).comma();
        }
        if (member.channelInfo() != null) {
            out.name("chan_info").raw(member.channelInfo()).comma();
        }
    }

    private static byte[] memberPush(String channel, String what, ChannelMember member) {
        JsonOutput out = new JsonOutput(256)
                .raw(PUSH_CHANNEL)
                .string(channel)
                .comma()
                .name(what)
                .open()
                .name("info")
                .open();
        member(out, member);
        return out.close().close().close().close().toBytes();
    }

    private static void refresh(JsonOutput out, RefreshResult refresh) {
        out.field("client", refresh.client())
                .field("version", refresh.version())
                .field("expires", refresh.expires())
                .field("ttl", refresh.ttl());
    }
}
