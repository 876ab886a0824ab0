package io.holdfast.cleanup;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.Leftovers;
import io.holdfast.stream.StoredStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Empty streams that nobody has used for long, with all that is known of them: outboxes, or ordinary channels. In its grace
 * period a stream can be used as before; whoever does keeps it.
 */
final class StreamKind implements CleanupProvider {
    private final String kind;
    private final int order;
    private final Predicate<String> wanted;
    private final Leftovers leftovers;
    private final Duration age;
    private final DeliveryClock clock;

    private StreamKind(
            String kind, int order, Predicate<String> wanted, Leftovers leftovers, Duration age, DeliveryClock clock) {
        this.kind = kind;
        this.order = order;
        this.wanted = wanted;
        this.leftovers = leftovers;
        this.age = age;
        this.clock = clock;
    }

    static StreamKind outboxes(Leftovers leftovers, Duration age, DeliveryClock clock) {
        return new StreamKind("outboxes", 300, Leftovers::isOutbox, leftovers, age, clock);
    }

    static StreamKind channels(Leftovers leftovers, Duration age, DeliveryClock clock) {
        return new StreamKind(
                "channels",
                400,
                stream -> !Leftovers.isOutbox(stream) && !Leftovers.isInternal(stream),
                leftovers,
                age,
                clock);
    }

    /** Where a walk over all streams goes on; null at its end. */
    static @Nullable String next(List<StoredStream> page, int limit) {
        return page.size() < limit ? null : page.get(page.size() - 1).name();
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public int order() {
        return order;
    }

    @Override
    public CandidatePage discover(String cursor, int limit) {
        if (age.isZero()) {
            return new CandidatePage(List.of(), 0, null);
        }
        List<StoredStream> streams = Removals.read(() -> leftovers.streams(cursor, limit));
        long oldest = clock.millis() - age.toMillis();
        List<Candidate> found = new ArrayList<>();
        long looked = 0;
        for (StoredStream stream : streams) {
            if (wanted.test(stream.name())) {
                looked++;
                boolean unused = stream.empty() && stream.lastUseMillis() <= oldest;
                if (unused && !leftovers.inUse(stream.name())) {
                    found.add(candidate(stream));
                }
            }
        }
        return new CandidatePage(found, looked, next(streams, limit));
    }

    private Candidate candidate(StoredStream stream) {
        String name = stream.name();
        String owner = Leftovers.isOutbox(name) ? Leftovers.client(name) : name;
        return new Candidate(name, owner, stream.lastUseMillis(), "empty and unused for " + age);
    }

    @Override
    public Optional<String> dependency(Candidate candidate) {
        if (leftovers.inUse(candidate.id())) {
            return Optional.of("somebody is connected to it");
        }
        return Removals.read(() -> leftovers.stored(candidate.id())).flatMap(stream -> {
            if (!stream.empty()) {
                return Optional.of("it holds messages");
            }
            boolean used = stream.lastUseMillis() > candidate.unusedSinceMillis();
            return used ? Optional.of("it was used again") : Optional.empty();
        });
    }

    @Override
    public void softDelete(Candidate candidate) {
        // it may be used as before
    }

    @Override
    public void restore(Candidate candidate) {
        // it is as it was
    }

    @Override
    public boolean delete(Candidate candidate) {
        return Removals.await(leftovers.forgetStream(candidate.id(), candidate.unusedSinceMillis()));
    }
}
