package io.holdfast.http;

import io.holdfast.commands.CommandSettings;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.History;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.json.JsonOutput;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
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
    private final CommandSettings settings;
    private final LiveSessions sessions;
    private final String uid = UUID.randomUUID().toString();

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected CommandApi() {
        manager = null;
        settings = null;
        sessions = null;
    }

    @Inject
    CommandApi(ResilientWebSocketManager manager, CommandSettings settings, LiveSessions sessions) {
        this.manager = manager;
        this.settings = settings;
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
            if (command instanceof Command.HistoryRemove remove) {
                return manager.removeHistory(remove.channel()).thenApply(done -> empty());
            }
            return CompletableFuture.completedFuture(result(command));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private JsonOutput result(Command command) {
        if (command instanceof Command.Presence presence) {
            return ChannelJson.presence(manager.presence(presence.channel()), presence.part());
        } else if (command instanceof Command.PresenceStats presence) {
            return ChannelJson.presenceStats(manager.presence(presence.channel()));
        } else if (command instanceof Command.History history) {
            return history(history);
        } else if (command instanceof Command.Channels channels) {
            return ChannelJson.channels(manager.channels(channels.pattern()), channels.part());
        } else if (command instanceof Command.Info) {
            return info();
        } else if (command instanceof Command.Subscribe subscribe) {
            String client = subscribe.to().client();
            to(subscribe.to(), one -> manager.subscribe(client, one, subscribe.channel(), subscribe.terms()));
        } else if (command instanceof Command.Unsubscribe unsubscribe) {
            to(unsubscribe.to(), one -> unsubscribe(unsubscribe, one));
        } else if (command instanceof Command.Disconnect disconnect) {
            String client = disconnect.to().client();
            to(disconnect.to(), one -> manager.disconnect(client, one, disconnect.spared(), disconnect.ending()));
        } else if (command instanceof Command.Refresh refresh) {
            to(refresh.to(), one -> refresh(refresh, one));
        } else {
            throw new IllegalArgumentException("not carried out: " + command);
        }
        return empty();
    }

    /** An action on one of a client's connections, or with null on all. */
    private interface Work {
        void on(@Nullable String connection);
    }

    /** Does it to the connections that a command is about; to none, if the session is over or belongs to another connection. */
    private void to(Command.Addressee addressee, Work work) {
        String session = addressee.session();
        String named = addressee.connection();
        if (session == null) {
            work.on(named);
            return;
        }
        String connection = sessions.connection(session);
        if (connection != null && (named == null || named.equals(connection))) {
            work.on(connection);
        }
    }

    private void unsubscribe(Command.Unsubscribe wanted, @Nullable String connection) {
        String client = wanted.to().client();
        manager.unsubscribe(client, connection, wanted.channel(), UNSUBSCRIBED_BY_SERVER, "server unsubscribe");
    }

    private void refresh(Command.Refresh refresh, @Nullable String connection) {
        String client = refresh.to().client();
        if (refresh.expired()) {
            manager.disconnect(client, connection, Set.of(), Ending.EXPIRED);
        } else {
            manager.refresh(client, connection, refresh.expiresAt(), refresh.info());
        }
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

    /** This node, the only one. */
    private JsonOutput info() {
        Map<String, Integer> channels = manager.channels("");
        long subscriptions =
                channels.values().stream().mapToLong(Integer::longValue).sum();
        return new JsonOutput()
                .raw("{\"nodes\":[{\"uid\":")
                .string(uid)
                .raw(",\"name\":")
                .string(settings.node())
                .raw(",\"version\":")
                .string(settings.version())
                .raw(",\"num_clients\":")
                .number(manager.stats().connections().active())
                .raw(",\"num_users\":")
                .number(manager.connectedClients())
                .raw(",\"num_channels\":")
                .number(channels.size())
                .raw(",\"num_subs\":")
                .number(subscriptions)
                .raw(",\"uptime\":")
                .number(ManagementFactory.getRuntimeMXBean().getUptime() / 1_000)
                .raw("}]}");
    }

    private static JsonOutput empty() {
        return new JsonOutput().raw("{}");
    }
}
