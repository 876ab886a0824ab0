package io.holdfast.cluster;

import io.holdfast.delivery.AllNodes;
import io.holdfast.delivery.ClientStatus;
import io.holdfast.delivery.DeliveryException;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Gathered;
import io.holdfast.delivery.Listing;
import io.holdfast.delivery.MessageState;
import io.holdfast.delivery.MessageStatus;
import io.holdfast.delivery.NamedPage;
import io.holdfast.delivery.NodeReport;
import io.holdfast.delivery.PresenceStats;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.delivery.ThisNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks this node and all others, and puts the answers together. Any thread. */
public final class AskingNodes implements AllNodes {
    private final ResilientWebSocketManager here;
    private final ThisNode memory;
    private final Supplier<NodeReport> report;
    private final Asking asking;
    private final PageGathering pages;

    /**
     * @param here this node alone
     * @param report what this node says of itself
     */
    public AskingNodes(ResilientWebSocketManager here, ThisNode memory, Supplier<NodeReport> report, Asking asking) {
        this.here = here;
        this.memory = memory;
        this.report = report;
        this.asking = asking;
        this.pages = new PageGathering(memory, asking);
    }

    /** Of a node that is alone. */
    public static AllNodes alone(ResilientWebSocketManager here, ThisNode memory, String name, String version) {
        Asking nobody = Asking.nobody();
        return new AskingNodes(here, memory, new OwnReport(nobody, here, memory, name, version), nobody);
    }

    @Override
    public <T> CompletionStage<Gathered<NamedPage<T>>> page(Listing<T> of, String after, int most) {
        return pages.page(of, after, most);
    }

    @Override
    public CompletionStage<Gathered<PresenceStats>> presenceStats(String channel) {
        return pages.fold(
                new Listing.Subscribers(channel),
                new PresenceStats(0, 0),
                (stats, client, connections) ->
                        new PresenceStats(stats.connections() + connections, stats.clients() + 1));
    }

    @Override
    public CompletionStage<Gathered<Integer>> connectedClients() {
        return pages.fold(new Listing.ConnectedClients(), 0, (count, client, connections) -> count + 1);
    }

    @Override
    public CompletionStage<Gathered<Optional<ClientStatus>>> client(String client) {
        Optional<ClientStatus> mine = here.client(client);
        return asking.all(new ClientQuestion(client), answers -> {
            List<ClientStatus> known = new ArrayList<>(mine.stream().toList());
            answers.forEach(answer -> answer.ifPresent(known::add));
            return known.stream().reduce(ClientQuestion::merged);
        });
    }

    @Override
    public CompletionStage<Gathered<Optional<MessageStatus>>> message(String client, String id) {
        Optional<MessageStatus> mine = here.message(client, id);
        if (mine.isEmpty() || mine.get().state() != MessageState.QUEUED) { // what is final is in the store
            return CompletableFuture.completedFuture(Gathered.complete(mine));
        }
        MessageStatus read = mine.get();
        return asking.all(new MessageQuestion(client, read.position().offset()), answers -> {
            MessageState state =
                    answers.stream().flatMap(Optional::stream).reduce(read.state(), MessageQuestion::merged);
            return Optional.of(new MessageStatus(client, id, state, read.position(), read.publishedAtMillis()));
        });
    }

    @Override
    public CompletionStage<Gathered<List<NodeReport>>> reports() {
        NodeReport mine = report.get();
        return asking.all(new ReportQuestion(), answers -> {
            List<NodeReport> all = new ArrayList<>(List.of(mine));
            all.addAll(answers);
            return all;
        });
    }

    @Override
    public CompletionStage<Integer> subscribe(
            String client, @Nullable String connection, String channel, SubscriptionTerms terms) {
        return make(new Change.Subscribe(client, connection, channel, terms));
    }

    @Override
    public CompletionStage<Integer> unsubscribe(
            String client, @Nullable String connection, String channel, int code, String reason) {
        return make(new Change.Unsubscribe(client, connection, channel, code, reason));
    }

    @Override
    public CompletionStage<Integer> disconnect(
            String client, @Nullable String connection, Set<String> spared, Ending ending) {
        return make(new Change.Disconnect(client, connection, spared, ending));
    }

    @Override
    public CompletionStage<Integer> refresh(
            String client, @Nullable String connection, @Nullable Instant expiresAt, byte @Nullable [] info) {
        return make(new Change.Refresh(client, connection, expiresAt, info));
    }

    @Override
    public CompletionStage<Integer> resetBreakers(String client) {
        return make(new Change.ResetBreakers(client));
    }

    /** Here first: what is wrong with it is said before others are asked. */
    private CompletionStage<Integer> make(Change change) {
        int mine = change.make(here);
        if (change.connection() != null && mine > 0) {
            return CompletableFuture.completedFuture(mine);
        }
        return asking.all(
                        change,
                        answers -> mine
                                + answers.stream().mapToInt(Integer::intValue).sum())
                .thenApply(AskingNodes::whole);
    }

    private static int whole(Gathered<Integer> made) {
        if (made.missingNodes().isEmpty()) {
            return made.value();
        }
        throw new DeliveryException(
                DeliveryException.Reason.OUTCOME_UNKNOWN,
                "Nodes that did not answer in time: " + Asking.list(made.missingNodes())
                        + ". It is not known whether it was done there. On the other nodes it was done, for "
                        + made.value() + ". Repeat the call: repeating is safe");
    }
}
