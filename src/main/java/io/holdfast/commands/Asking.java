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
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.HistoryEntry;
import io.holdfast.protocol.HistoryRequest;
import io.holdfast.protocol.HistoryResult;
import io.holdfast.protocol.MemberInfo;
import io.holdfast.protocol.PresenceResult;
import io.holdfast.protocol.PresenceStatsResult;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a client may ask of a channel: who is there, and what was published. */
final class Asking {
    /** In one reply, which must find room in the send buffer. */
    static final int MOST_PUBLICATIONS = 1_000;

    private static final int MOST_HISTORY_BYTES = 64 << 10;

    private final RegisteredConnection connection;
    private final Answers answers;
    private final ResilientWebSocketManager manager;
    private final AccessPolicy access;

    Asking(RegisteredConnection connection, Answers answers, ResilientWebSocketManager manager, AccessPolicy access) {
        this.connection = connection;
        this.answers = answers;
        this.manager = manager;
        this.access = access;
    }

    void presence(int id, Identity who, String channel) {
        if (may(id, Action.PRESENCE, who, channel)) {
            Map<String, MemberInfo> members = new HashMap<>();
            for (Member member : manager.presence(channel)) {
                members.put(member.connection(), Members.info(member));
            }
            answers.reply(id, new PresenceResult(members));
        }
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
            answers.reply(
                    id,
                    new HistoryResult(
                            history.top().epoch(),
                            history.top().offset(),
                            history.publications().stream().map(Asking::entry).toList()));
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
