package io.holdfast.http;

import io.holdfast.delivery.AllNodes;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.History;
import io.holdfast.delivery.Listing;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.json.JsonOutput;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The commands of the compatible shape that publish nothing. There {@code user} is our client and {@code client} our
 * connection's id. Reads the store on the caller's thread.
 */
@ApplicationScoped
class CommandApi {
    /** Of one answer. */
    static final int MOST_PUBLICATIONS = 1_000;

    private static final int MOST_HISTORY_BYTES = 4 << 20;

    /** Terminal: the SDK does not subscribe again. */
    private static final int UNSUBSCRIBED_BY_SERVER = 2000;

    private final ResilientWebSocketManager manager;
    private final AllNodes nodes;
    private final LiveSessions sessions;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected CommandApi() {
        manager = null;
        nodes = null;
        sessions = null;
    }

    @Inject
    CommandApi(ResilientWebSocketManager manager, AllNodes nodes, LiveSessions sessions) {
        this.manager = manager;
        this.nodes = nodes;
        this.sessions = sessions;
    }

    /** {@code {"result":{…}}} or {@code {"error":{"code":…,"message":…}}}. */
    CompletionStage<Answer> answer(Kind kind, byte[] body) throws IOException {
        Call call = Calls.one(kind, body);
        if (call instanceof Call.Refused refused) {
            return CompletableFuture.completedFuture(refused.compatible().answer());
        }
        return carryOut(((Call.CommandCall) call).command()).handle((result, failure) -> {
            if (failure != null) {
                return Failures.compatible(failure).answer();
            }
            return Answer.ok(new JsonOutput().raw("{\"result\":").json(result).raw("}"));
        });
    }

    /** @return the result; what the manager throws is its failure */
    CompletionStage<JsonOutput> carryOut(Command command) {
        try {
            return result(command);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<JsonOutput> result(Command command) {
        if (command instanceof Command.Presence presence) {
            PagedJson.Part part = presence.part();
            return nodes.page(new Listing.Members(presence.channel()), part.after(), PagedJson.most(part))
                    .thenApply(members -> ChannelJson.presence(members, part));
        } else if (command instanceof Command.PresenceStats presence) {
            return nodes.presenceStats(presence.channel()).thenApply(ChannelJson::presenceStats);
        } else if (command instanceof Command.Channels channels) {
            PagedJson.Part part = channels.part();
            return nodes.page(new Listing.Channels(channels.pattern()), part.after(), PagedJson.most(part))
                    .thenApply(found -> ChannelJson.channels(found, part));
        } else if (command instanceof Command.Info) {
            return nodes.reports().thenApply(ChannelJson::info);
        } else if (command instanceof Command.History history) {
            return CompletableFuture.completedFuture(history(history));
        } else if (command instanceof Command.HistoryRemove remove) {
            return manager.removeHistory(remove.channel()).thenApply(done -> empty());
        } else if (command instanceof Command.Subscribe subscribe) {
            String client = subscribe.to().client();
            return to(subscribe.to(), one -> nodes.subscribe(client, one, subscribe.channel(), subscribe.terms()));
        } else if (command instanceof Command.Unsubscribe unsubscribe) {
            return to(unsubscribe.to(), one -> unsubscribe(unsubscribe, one));
        } else if (command instanceof Command.Disconnect disconnect) {
            String client = disconnect.to().client();
            return to(disconnect.to(), one -> nodes.disconnect(client, one, disconnect.spared(), disconnect.ending()));
        } else if (command instanceof Command.Refresh refresh) {
            return to(refresh.to(), one -> refresh(refresh, one));
        }
        throw new IllegalArgumentException("not carried out: " + command);
    }

    /** An action on one of a client's connections, or with null on all. */
    private interface Work {
        CompletionStage<Integer> on(@Nullable String connection);
    }

    /** Does it to the connections that a command is about; to none, if the session is over or belongs to another connection. */
    private CompletionStage<JsonOutput> to(Command.Addressee addressee, Work work) {
        String session = addressee.session();
        String named = addressee.connection();
        if (session == null) {
            return work.on(named).thenApply(done -> empty());
        }
        return sessions.connection(session).thenCompose(found -> {
            if (!found.missingNodes().isEmpty()) {
                throw new DeliveryException(
                        DeliveryException.Reason.UNAVAILABLE,
                        "The node of this session, " + found.missingNodes().get(0)
                                + ", did not answer in time. Nothing was done; repeat it later");
            }
            String connection = found.value().orElse(null);
            return connection != null && (named == null || named.equals(connection))
                    ? work.on(connection).thenApply(done -> empty())
                    : CompletableFuture.completedFuture(empty());
        });
    }

    private CompletionStage<Integer> unsubscribe(Command.Unsubscribe wanted, @Nullable String connection) {
        String client = wanted.to().client();
        return nodes.unsubscribe(client, connection, wanted.channel(), UNSUBSCRIBED_BY_SERVER, "server unsubscribe");
    }

    private CompletionStage<Integer> refresh(Command.Refresh refresh, @Nullable String connection) {
        String client = refresh.to().client();
        return refresh.expired()
                ? nodes.disconnect(client, connection, Set.of(), Ending.EXPIRED)
                : nodes.refresh(client, connection, refresh.expiresAt(), refresh.info());
    }

    private JsonOutput history(Command.History asked) {
        long wanted = asked.limit() < 0 ? MOST_PUBLICATIONS : asked.limit();
        History history = manager.history(
                asked.channel(),
                (int) Math.min(wanted, MOST_PUBLICATIONS),
                asked.since(),
                asked.reverse(),
                MOST_HISTORY_BYTES);
        return ChannelJson.history(history);
    }

    private static JsonOutput empty() {
        return new JsonOutput().raw("{}");
    }
}
