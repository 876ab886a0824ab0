package io.holdfast.commands;

import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Action;
import io.holdfast.access.Identity;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.History;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.protocol.ChannelMember;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.HistoryEntry;
import io.holdfast.protocol.HistoryRequest;
import io.holdfast.protocol.HistoryResult;
import io.holdfast.protocol.PresenceResult;
import io.holdfast.protocol.PresenceStatsResult;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers a client's queries about a channel: presence and history. */
final class ChannelQueries {
    /** The most publications in one reply, which must fit into the send buffer. */
    static final int MOST_PUBLICATIONS = 1_000;

    private static final int MOST_HISTORY_BYTES = 64 << 10;

    /** The most members in one reply; a channel with more gets an error that says so. */
    static final int MOST_MEMBERS = 1_000;

    private final RegisteredConnection connection;
    private final Answers answers;
    private final ResilientWebSocketManager manager;
    private final AccessPolicy access;

    ChannelQueries(
            RegisteredConnection connection, Answers answers, ResilientWebSocketManager manager, AccessPolicy access) {
        this.connection = connection;
        this.answers = answers;
        this.manager = manager;
        this.access = access;
    }

    void presence(int id, Identity who, String channel) {
        if (!may(id, Action.PRESENCE, who, channel)) {
            return;
        }
        List<Member> present = manager.presence(channel);
        if (present.size() > MOST_MEMBERS || infoBytes(present) > connection.mostReplyBytes()) {
            answers.tooLarge(id, ErrorCode.LIMIT_EXCEEDED); // before it is written
            return;
        }
        Map<String, ChannelMember> members = new HashMap<>();
        for (Member member : present) {
            members.put(member.connection(), Members.info(member));
        }
        answers.replyIfRoom(id, new PresenceResult(members));
    }

    private static long infoBytes(List<Member> members) {
        return members.stream()
                .mapToLong(member -> length(member.connectionInfo()) + length(member.channelInfo()))
                .sum();
    }

    private static long length(byte @Nullable [] value) {
        return value == null ? 0 : value.length;
    }

    void presenceStats(int id, Identity who, String channel) {
        if (may(id, Action.PRESENCE, who, channel)) {
            List<Member> members = manager.presence(channel);
            int clients = (int) members.stream().map(Member::client).distinct().count();
            answers.reply(id, new PresenceStatsResult(members.size(), clients));
        }
    }

    void history(int id, Identity who, HistoryRequest request) {
        if (!may(id, Action.HISTORY, who, request.channel())) {
            return;
        }
        int limit = request.limit() < 0 ? MOST_PUBLICATIONS : Math.min(request.limit(), MOST_PUBLICATIONS);
        HistoryRequest.Since since = request.since();
        try {
            History history = manager.history(
                    request.channel(),
                    limit,
                    since == null ? null : new Position(since.epoch(), since.offset()),
                    request.reverse(),
                    MOST_HISTORY_BYTES);
            answers.replyIfRoom(
                    id,
                    new HistoryResult(
                            history.top().epoch(),
                            history.top().offset(),
                            history.publications().stream()
                                    .map(ChannelQueries::entry)
                                    .toList()));
        } catch (DeliveryException e) {
            answers.error(id, Failures.errorCode(e));
        }
    }

    private boolean may(int id, Action action, Identity who, String channel) {
        if (!Names.isChannel(channel)) {
            answers.error(id, ErrorCode.BAD_REQUEST);
            return false;
        }
        if (!access.knows(channel)) {
            answers.error(id, ErrorCode.UNKNOWN_CHANNEL);
            return false;
        }
        boolean may = access.may(action, who, channel, connection.subscribed(channel));
        if (!may) {
            answers.error(id, ErrorCode.PERMISSION_DENIED);
        }
        return may;
    }

    private static HistoryEntry entry(Publication publication) {
        return new HistoryEntry(
                publication.offset(),
                publication.payload(),
                publication.id(),
                publication.expiresAtMillis(),
                publication.tags(),
                Members.publisher(publication));
    }
}
