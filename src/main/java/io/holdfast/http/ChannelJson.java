package io.holdfast.http;

import io.holdfast.delivery.History;
import io.holdfast.delivery.Member;
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

    static JsonText presence(List<Member> members) {
        JsonText json = new JsonText().raw("{\"presence\":{");
        int index = 0;
        for (Member member : members) {
            json.next(index++).text(member.connection()).raw(":");
            member(member, json);
        }
        return json.raw("}}");
    }

    private static void member(Member member, JsonText json) {
        who(member.client(), member.connection(), member.connectionInfo(), member.channelInfo(), json);
    }

    private static void who(
            String client,
            String connection,
            byte @Nullable [] connectionInfo,
            byte @Nullable [] channelInfo,
            JsonText json) {
        json.raw("{\"user\":").text(client).raw(",\"client\":").text(connection);
        info("conn_info", connectionInfo, json);
        info("chan_info", channelInfo, json);
        json.raw("}");
    }

    private static void info(String name, byte @Nullable [] value, JsonText json) {
        if (value != null) {
            json.raw(",\"").raw(name).raw("\":").raw(new String(value, StandardCharsets.UTF_8));
        }
    }

    static JsonText presenceStats(List<Member> members) {
        long clients = members.stream().map(Member::client).distinct().count();
        return new JsonText()
                .raw("{\"num_clients\":")
                .number(members.size())
                .raw(",\"num_users\":")
                .number(clients)
                .raw("}");
    }

    static JsonText history(History history) {
        JsonText json = new JsonText().raw("{\"publications\":[");
        int index = 0;
        for (Publication publication : history.publications()) {
            publication(publication, json.next(index++));
        }
        return json.raw("],\"epoch\":")
                .text(history.top().epoch())
                .raw(",\"offset\":")
                .number(history.top().offset())
                .raw("}");
    }

    /** With the tags that subscribers see: the message id and, where it has one, the expiry are among them. */
    private static void publication(Publication publication, JsonText json) {
        Map<String, String> tags = new HashMap<>(publication.tags());
        tags.put("id", publication.id());
        if (publication.expiresAtMillis() != Publication.NEVER) {
            tags.put("expires", Long.toString(publication.expiresAtMillis()));
        }
        json.raw("{\"data\":");
        RecordJson.write(publication.payload(), json);
        Publisher by = publication.publisher();
        if (by != null) {
            who(by.client(), by.connection(), by.connectionInfo(), by.channelInfo(), json.raw(",\"info\":"));
        }
        json.raw(",\"offset\":").number(publication.offset()).raw(",\"tags\":");
        RecordJson.write(tags, json);
        json.raw("}");
    }

    static JsonText channels(Map<String, Integer> channels) {
        JsonText json = new JsonText().raw("{\"channels\":{");
        int index = 0;
        for (Map.Entry<String, Integer> channel : channels.entrySet()) {
            json.next(index++)
                    .text(channel.getKey())
                    .raw(":{\"num_clients\":")
                    .number(channel.getValue())
                    .raw("}");
        }
        return json.raw("}}");
    }
}
