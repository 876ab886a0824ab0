package io.holdfast.delivery.commit;

import io.holdfast.delivery.Arrivals;
import io.holdfast.delivery.Arrivals.Arrival;
import io.holdfast.delivery.Member;
import io.holdfast.delivery.OtherNodes;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** What one node of a test tells the others, handed on by the thread that tells it, or as the test wants. */
final class TestLinks implements OtherNodes {
    /** The others. */
    final List<Arrivals> to = new CopyOnWriteArrayList<>();

    /** What was told about subscriptions, in order. */
    final List<String> interests = new CopyOnWriteArrayList<>();

    /** How often the others were asked for connections. */
    final AtomicInteger asked = new AtomicInteger();

    /** How many connections of a client the others have. */
    volatile ToIntFunction<String> elsewhere = client -> 0;

    /** Which publications are handed on. */
    volatile Predicate<Arrival> passes = arrival -> true;

    /** Carries a batch to the others. */
    volatile Consumer<List<Arrival>> carrier = this::carry;

    private List<Arrival> batch = new ArrayList<>();

    void carry(List<Arrival> arrivals) {
        to.forEach(other -> other.stored(arrivals));
    }

    @Override
    public void stored(String stream, Position position, Publication publication) {
        Arrival arrival = new Arrival(stream, position, publication);
        if (passes.test(arrival)) {
            batch.add(arrival);
        }
    }

    @Override
    public void flush() {
        carrier.accept(batch);
        batch = new ArrayList<>();
    }

    @Override
    public void passedOn(String channel, Publication publication) {
        to.forEach(other -> other.passedOn(channel, publication));
    }

    @Override
    public void subscribed(String channel) {
        interests.add("+" + channel);
    }

    @Override
    public void unsubscribed(String channel) {
        interests.add("-" + channel);
    }

    @Override
    public void joined(String channel, Member member) {
        to.forEach(other -> other.joined(channel, member));
    }

    @Override
    public void left(String channel, Member member) {
        to.forEach(other -> other.left(channel, member));
    }

    @Override
    public int count() {
        return to.size();
    }

    @Override
    public CompletionStage<Integer> connectionsOf(String client) {
        asked.incrementAndGet();
        return CompletableFuture.completedFuture(elsewhere.applyAsInt(client));
    }
}
