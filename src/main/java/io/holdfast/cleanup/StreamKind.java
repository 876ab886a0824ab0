package io.holdfast.cleanup;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.StoredResources;
import io.holdfast.stream.StoredStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Empty streams that were not used for long, with their devices: outboxes, or ordinary channels. In its grace
 * period a stream can be used as before; then it stays.
 */
final class StreamKind extends StoredKind {
    static final String OUTBOXES = "outboxes";

    private final Predicate<String> wanted;

    private StreamKind(
            String kind,
            int order,
            Predicate<String> wanted,
            StoredResources resources,
            Duration age,
            DeliveryClock clock) {
        super(kind, order, resources, age, clock);
        this.wanted = wanted;
    }

    static StreamKind outboxes(StoredResources resources, Duration age, DeliveryClock clock) {
        return new StreamKind(OUTBOXES, 300, Names::isOutbox, resources, age, clock);
    }

    static StreamKind channels(StoredResources resources, Duration age, DeliveryClock clock) {
        Predicate<String> wanted = stream -> !Names.isOutbox(stream) && !Names.isInternal(stream);
        return new StreamKind("channels", 400, wanted, resources, age, clock);
    }

    /** Where the next page begins; null after the last one. */
    static @Nullable String next(List<StoredStream> page, int limit) {
        return page.size() < limit ? null : page.get(page.size() - 1).name();
    }

    @Override
    CandidatePage discover(String cursor, int limit, long oldestMillis) {
        List<StoredStream> streams = resources.streams(cursor, limit);
        List<Candidate> found = new ArrayList<>();
        long looked = 0;
        for (StoredStream stream : streams) {
            if (wanted.test(stream.name())) {
                looked++;
                boolean unused = stream.empty() && stream.lastUseMillis() <= oldestMillis;
                if (unused && !resources.inUse(stream.name())) {
                    found.add(candidate(stream));
                }
            }
        }
        return new CandidatePage(found, looked, next(streams, limit));
    }

    private Candidate candidate(StoredStream stream) {
        String name = stream.name();
        String owner = Names.isOutbox(name) ? Names.clientOf(name) : name;
        return new Candidate(name, owner, stream.lastUseMillis(), "empty and unused for " + age);
    }

    @Override
    public Optional<String> dependency(Candidate candidate) {
        if (resources.inUse(candidate.id())) {
            return Optional.of("a client is connected to it");
        }
        return Removals.read(() -> resources.stored(candidate.id())).flatMap(stream -> {
            if (!stream.empty()) {
                return Optional.of("it holds messages");
            }
            boolean used = stream.lastUseMillis() > candidate.unusedSinceMillis();
            return used ? Optional.of("it was used again") : Optional.empty();
        });
    }

    /** With an outbox go its devices. */
    @Override
    public boolean isKeptBy(Candidate candidate, String kind, String id) {
        return Names.isOutbox(candidate.id())
                && kind.equals(DeviceKind.KIND)
                && id.startsWith(DeviceKind.prefix(candidate.owner()));
    }

    @Override
    public boolean delete(Candidate candidate) {
        return Removals.await(resources.forgetStream(candidate.id(), candidate.unusedSinceMillis()));
    }
}
