package io.holdfast.http;

import io.holdfast.delivery.Gathered;
import io.holdfast.delivery.History;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.NamedPage;
import io.holdfast.delivery.NodeReport;
import io.holdfast.delivery.PresenceStats;
import io.holdfast.json.JsonOutput;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Publisher;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Channels in the compatible shape: presence, history, sizes. */
final class ChannelJson {
    private ChannelJson() {}

    /** By the connection's id, in order. */
    static JsonOutput presence(Gathered<NamedPage<Member>> members, PagedJson.Part part) {
        return PagedJson.write("presence", members, part, ChannelJson::member);
    }

    private static void member(Member member, JsonOutput json) {
        who(member.client(), member.connection(), member.connectionInfo(), member.channelInfo(), json);
    }

    private static void who(
            String client,
            String connection,
            byte @Nullable [] connectionInfo,
            byte @Nullable [] channelInfo,
            JsonOutput json) {
        json.raw("{\"user\":").string(client).raw(",\"client\":").string(connection);
        info("conn_info", connectionInfo, json);
        info("chan_info", channelInfo, json);
        json.raw("}");
    }

    private static void info(String name, byte @Nullable [] value, JsonOutput json) {
        if (value != null) {
            json.raw(",\"").raw(name).raw("\":").raw(new String(value, StandardCharsets.UTF_8));
        }
    }

    static JsonOutput presenceStats(Gathered<PresenceStats> stats) {
        JsonOutput json = new JsonOutput()
                .raw("{\"num_clients\":")
                .number(stats.value().connections())
                .raw(",\"num_users\":")
                .number(stats.value().clients());
        return RecordJson.missing(stats, json).raw("}");
    }

    static JsonOutput history(History history) {
        JsonOutput json = new JsonOutput().raw("{\"publications\":[");
        int index = 0;
        for (Publication publication : history.publications()) {
            publication(publication, json.next(index++));
        }
        return json.raw("],\"epoch\":")
                .string(history.top().epoch())
                .raw(",\"offset\":")
                .number(history.top().offset())
                .raw("}");
    }

    /** With the tags that subscribers see: the message id and, where it has one, the expiry are among them. */
    private static void publication(Publication publication, JsonOutput json) {
        Map<String, String> tags = new HashMap<>(publication.tags());
        tags.put("id", publication.id());
        if (publication.expiresAtMillis() != Publication.NEVER) {
            tags.put("expires", Long.toString(publication.expiresAtMillis()));
        }
        RecordJson.payload(publication.payload(), json.raw("{"));
        Publisher by = publication.publisher();
        if (by != null) {
            who(by.client(), by.connection(), by.connectionInfo(), by.channelInfo(), json.raw(",\"info\":"));
        }
        json.raw(",\"offset\":").number(publication.offset()).raw(",\"tags\":");
        RecordJson.write(tags, json);
        json.raw("}");
    }

    static JsonOutput channels(Gathered<NamedPage<Integer>> channels, PagedJson.Part part) {
        return PagedJson.write(
                "channels",
                channels,
                part,
                (clients, json) -> json.raw("{\"num_clients\":").number(clients).raw("}"));
    }

    static JsonOutput info(Gathered<List<NodeReport>> nodes) {
        JsonOutput json = new JsonOutput().raw("{\"nodes\":[");
        int index = 0;
        for (NodeReport node : nodes.value()) {
            json.next(index++)
                    .raw("{\"uid\":")
                    .string(node.uid())
                    .raw(",\"name\":")
                    .string(node.name())
                    .raw(",\"version\":")
                    .string(node.version())
                    .raw(",\"num_clients\":")
                    .number(node.connections())
                    .raw(",\"num_users\":")
                    .number(node.clients())
                    .raw(",\"num_channels\":")
                    .number(node.channels())
                    .raw(",\"num_subs\":")
                    .number(node.subscriptions())
                    .raw(",\"uptime\":")
                    .number(node.uptimeSeconds())
                    .raw("}");
        }
        return RecordJson.missing(nodes, json.raw("]")).raw("}");
    }
}
