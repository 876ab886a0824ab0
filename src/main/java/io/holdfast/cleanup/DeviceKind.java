package io.holdfast.cleanup;

import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.StoredResources;
import io.holdfast.stream.DeviceCursor;
import io.holdfast.stream.StoredStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Devices that were not seen for long: {@code <client>/<device>}. In its grace period a device can connect as before. */
final class DeviceKind extends StoredKind {
    static final String KIND = "devices";

    DeviceKind(StoredResources resources, Duration age, DeliveryClock clock) {
        super(KIND, 200, resources, age, clock);
    }

    /** How the names of all devices of a client begin, and perhaps those of another's whose name begins like it. */
    static String prefix(String client) {
        return client + "/";
    }

    @Override
    CandidatePage discover(String cursor, int limit, long oldestMillis) {
        List<StoredStream> streams = resources.streams(cursor, limit);
        List<Candidate> found = new ArrayList<>();
        long looked = 0;
        for (StoredStream stream : streams) {
            if (Names.isOutbox(stream.name())) {
                looked += stream.devices().size();
                add(stream, oldestMillis, found);
            }
        }
        return new CandidatePage(found, looked, StreamKind.next(streams, limit));
    }

    private void add(StoredStream outbox, long oldest, List<Candidate> found) {
        String client = Names.clientOf(outbox.name());
        for (DeviceCursor device : outbox.devices()) {
            if (device.seenAtMillis() <= oldest && !resources.isConnected(client, device.device())) {
                String id = prefix(client) + device.device();
                found.add(new Candidate(id, client, device.seenAtMillis(), "not seen for " + age));
            }
        }
    }

    @Override
    public Optional<String> dependency(Candidate candidate) {
        String client = candidate.owner();
        String device = device(candidate);
        if (resources.isConnected(client, device)) {
            return Optional.of("it is connected");
        }
        Optional<DeviceCursor> known = Removals.read(() -> resources.stored(Names.outbox(client)))
                .flatMap(outbox -> outbox.devices().stream()
                        .filter(cursor -> cursor.device().equals(device))
                        .findAny());
        if (known.isEmpty()) {
            return Optional.empty();
        }
        if (known.get().seenAtMillis() > candidate.unusedSinceMillis()) {
            return Optional.of("it was seen again");
        }
        boolean pending = Removals.read(() -> resources.hasPending(client, known.get()));
        return pending ? Optional.of("messages wait for it") : Optional.empty();
    }

    /** What it has confirmed lies in the outbox. */
    @Override
    public boolean isKeptBy(Candidate candidate, String kind, String id) {
        return kind.equals(StreamKind.OUTBOXES) && id.equals(Names.outbox(candidate.owner()));
    }

    @Override
    public boolean delete(Candidate candidate) {
        return Removals.await(
                resources.forgetDevice(candidate.owner(), device(candidate), candidate.unusedSinceMillis()));
    }

    /** Behind the client, which is the owner: either may contain the character between them. */
    private static String device(Candidate candidate) {
        return candidate.id().substring(prefix(candidate.owner()).length());
    }
}
