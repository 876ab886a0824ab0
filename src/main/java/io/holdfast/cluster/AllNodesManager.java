package io.holdfast.cluster;

import io.holdfast.delivery.AllNodes;
import io.holdfast.delivery.BreakerStatus;
import io.holdfast.delivery.ClientStatus;
import io.holdfast.delivery.DeadLetter;
import io.holdfast.delivery.DeliveryHealth;
import io.holdfast.delivery.DeliveryStats;
import io.holdfast.delivery.DrainReport;
import io.holdfast.delivery.Ending;
import io.holdfast.delivery.Gathered;
import io.holdfast.delivery.History;
import io.holdfast.delivery.Listing;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.MessageStatus;
import io.holdfast.delivery.NamedPage;
import io.holdfast.delivery.ResilientWebSocketManager;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.StoredResources;
import io.holdfast.delivery.SubscriptionTerms;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publisher;
import io.holdfast.stream.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The manager of a node among several: what concerns connections is asked of, and done on, all nodes; everything else on this
 * node, which shares the store with the others. Any thread.
 */
public final class AllNodesManager implements ResilientWebSocketManager {
    private static final int PAGE = 10_000;

    private final ResilientWebSocketManager here;
    private final AllNodes nodes;

    /** @param here this node alone */
    public AllNodesManager(ResilientWebSocketManager here, AllNodes nodes) {
        this.here = here;
        this.nodes = nodes;
    }

    @Override
    public CompletionStage<DrainReport> drain(Duration window) {
        return here.drain(window);
    }

    @Override
    public boolean ready() {
        return here.ready();
    }

    @Override
    public CompletionStage<Receipt> send(String client, String json, SendOptions how) {
        return here.send(client, json, how);
    }

    @Override
    public CompletionStage<Receipt> send(String client, byte[] payload, SendOptions how) {
        return here.send(client, payload, how);
    }

    @Override
    public CompletionStage<Receipt> publish(String channel, String json, SendOptions how) {
        return here.publish(channel, json, how);
    }

    @Override
    public CompletionStage<Receipt> publish(String channel, byte[] payload, SendOptions how) {
        return here.publish(channel, payload, how);
    }

    @Override
    public CompletionStage<Receipt> publish(String channel, byte[] payload, SendOptions how, Publisher publisher) {
        return here.publish(channel, payload, how, publisher);
    }

    @Override
    public Optional<MessageStatus> message(String client, String id) {
        return answered(nodes.message(client, id));
    }

    @Override
    public OptionalLong acknowledge(String client, @Nullable String device, Position position) {
        return here.acknowledge(client, device, position);
    }

    @Override
    public List<Member> presence(String channel) {
        return List.copyOf(whole(new Listing.Members(channel)).values());
    }

    @Override
    public History history(String channel, int limit, @Nullable Position since, boolean reverse) {
        return here.history(channel, limit, since, reverse);
    }

    @Override
    public History history(String channel, int limit, @Nullable Position since, boolean reverse, int maxBytes) {
        return here.history(channel, limit, since, reverse, maxBytes);
    }

    @Override
    public CompletionStage<Void> removeHistory(String channel) {
        return here.removeHistory(channel);
    }

    @Override
    public int subscribe(String client, @Nullable String connection, String channel, SubscriptionTerms terms) {
        return joined(nodes.subscribe(client, connection, channel, terms));
    }

    @Override
    public int unsubscribe(String client, @Nullable String connection, String channel, int code, String reason) {
        return joined(nodes.unsubscribe(client, connection, channel, code, reason));
    }

    @Override
    public int disconnect(String client, @Nullable String connection, Set<String> spared, Ending ending) {
        return joined(nodes.disconnect(client, connection, spared, ending));
    }

    @Override
    public int refresh(
            String client, @Nullable String connection, @Nullable Instant expiresAt, byte @Nullable [] info) {
        return joined(nodes.refresh(client, connection, expiresAt, info));
    }

    @Override
    public SortedMap<String, Integer> channels(String pattern) {
        return whole(new Listing.Channels(pattern));
    }

    @Override
    public int connectedClients() {
        return answered(nodes.connectedClients());
    }

    @Override
    public DeliveryStats stats() {
        return here.stats();
    }

    @Override
    public DeliveryHealth health() {
        return here.health();
    }

    @Override
    public Optional<ClientStatus> client(String client) {
        return answered(nodes.client(client));
    }

    @Override
    public List<String> clients() {
        return List.copyOf(whole(new Listing.Clients("")).keySet());
    }

    @Override
    public List<BreakerStatus> breakers(@Nullable String client) {
        return whole(new Listing.Breakers(client)).values().stream()
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public int resetBreakers(String client) {
        return joined(nodes.resetBreakers(client));
    }

    @Override
    public List<DeadLetter> deadLetters(@Nullable String client, long after, int max) {
        return here.deadLetters(client, after, max);
    }

    @Override
    public Optional<DeadLetter> deadLetter(long number) {
        return here.deadLetter(number);
    }

    @Override
    public CompletionStage<Void> discardDeadLetter(long number) {
        return here.discardDeadLetter(number);
    }

    @Override
    public Optional<CompletionStage<Receipt>> resendDeadLetter(long number) {
        return here.resendDeadLetter(number);
    }

    @Override
    public StoredResources storedResources() {
        return here.storedResources();
    }

    private <T> SortedMap<String, T> whole(Listing<T> of) {
        SortedMap<String, T> all = new TreeMap<>();
        NamedPage<T> page;
        String after = "";
        do {
            page = answered(nodes.page(of, after, PAGE));
            all.putAll(page.entries());
            after = page.more() ? page.entries().lastKey() : after;
        } while (page.more());
        return all;
    }

    /** What those say that answer. */
    private static <T> T answered(CompletionStage<Gathered<T>> asked) {
        return joined(asked).value();
    }

    /** Nodes have a limited time for their answers. */
    private static <T> T joined(CompletionStage<T> asked) {
        try {
            return asked.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }
}
