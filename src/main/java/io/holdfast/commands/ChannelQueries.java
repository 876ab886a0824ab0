package io.holdfast.commands;

import io.holdfast.access.AccessPolicy;
import io.holdfast.access.Action;
import io.holdfast.access.Identity;
import io.holdfast.delivery.AllNodes;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.History;
import io.holdfast.delivery.Listing;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.NamedPage;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.PresenceStats;
import io.holdfast.delivery.RegisteredConnection;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.protocol.ChannelMember;
import io.holdfast.protocol.CloseCode;
import io.holdfast.protocol.ErrorCode;
import io.holdfast.protocol.HistoryEntry;
import io.holdfast.protocol.HistoryRequest;
import io.holdfast.protocol.HistoryResult;
import io.holdfast.protocol.PresenceResult;
import io.holdfast.protocol.PresenceStatsResult;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Answers a client's queries about a channel: presence and history. */
final class ChannelQueries {
    private static final Logger LOG = Logger.getLogger(ChannelQueries.class.getName());

    /** The most publications in one reply, which must fit into the send buffer. */
    static final int MOST_PUBLICATIONS = 1_000;

    private static final int MOST_HISTORY_BYTES = 64 << 10;

    /** The most members in one reply; a channel with more gets an error that says so. */
    static final int MOST_MEMBERS = 1_000;

    private final RegisteredConnection connection;
    private final Answers answers;
    private final ResilientWebSocketManager manager;
    private final AllNodes nodes;
    private final AccessPolicy access;

    ChannelQueries(
            RegisteredConnection connection,
            Answers answers,
            ResilientWebSocketManager manager,
            AllNodes nodes,
            AccessPolicy access) {
        this.connection = connection;
        this.answers = answers;
        this.manager = manager;
        this.nodes = nodes;
        this.access = access;
    }

    void presence(int id, Identity who, String channel) {
        if (!may(id, Action.PRESENCE, who, channel)) {
            return;
        }
        nodes.page(new Listing.Members(channel), "", MOST_MEMBERS).whenComplete((found, failure) -> {
            if (failure == null) {
                presence(id, found.value());
            } else {
                failed(id, failure);
            }
        });
    }

    private void presence(int id, NamedPage<Member> present) {
        if (present.more() || infoBytes(present.entries().values()) > connection.mostReplyBytes()) {
            answers.tooLarge(id, ErrorCode.LIMIT_EXCEEDED); // before it is written
            return;
        }
        Map<String, ChannelMember> members = new HashMap<>();
        present.entries().forEach((connectionId, member) -> members.put(connectionId, Members.info(member)));
        answers.replyIfRoom(id, new PresenceResult(members));
    }

    private void failed(int id, Throwable failure) {
        LOG.log(Level.WARNING, "A query about a channel failed unexpectedly", failure);
        answers.error(id, ErrorCode.INTERNAL);
    }

    private static long infoBytes(Collection<Member> members) {
        return members.stream()
                .mapToLong(member -> length(member.connectionInfo()) + length(member.channelInfo()))
                .sum();
    }

    private static long length(byte @Nullable [] value) {
        return value == null ? 0 : value.length;
    }

    void presenceStats(int id, Identity who, String channel) {
        if (may(id, Action.PRESENCE, who, channel)) {
            nodes.presenceStats(channel).whenComplete((found, failure) -> {
                if (failure == null) {
                    PresenceStats stats = found.value();
                    answers.reply(id, new PresenceStatsResult((int) stats.connections(), (int) stats.clients()));
                } else {
                    failed(id, failure);
                }
            });
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
            List<HistoryEntry> entries = new ArrayList<>();
            for (Publication publication : history.publications()) {
                byte[] payload = CodecFormat.payload(publication, answers.codec());
                if (payload == null) {
                    answers.close(CloseCode.INAPPROPRIATE_PROTOCOL);
                    return;
                }
                entries.add(entry(publication, payload));
            }
            answers.replyIfRoom(
                    id, new HistoryResult(history.top().epoch(), history.top().offset(), entries));
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
            answers.error(id, access.offers(action, channel) ? ErrorCode.PERMISSION_DENIED : ErrorCode.NOT_AVAILABLE);
        }
        return may;
    }

    private static HistoryEntry entry(Publication publication, byte[] payload) {
        return new HistoryEntry(
                publication.offset(),
                payload,
                publication.id(),
                publication.expiresAtMillis(),
                publication.tags(),
                Members.publisher(publication));
    }
}
