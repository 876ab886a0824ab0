package io.holdfast.delivery.watch;

import io.holdfast.delivery.DeliveryClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What is remembered of clients that were here within the last hour. Any thread. */
public final class Clients {
    private static final long KEEP_NANOS = TimeUnit.HOURS.toNanos(1);

    /** With more clients than this that have left, they are remembered for a shorter time. */
    private static final int MOST_GONE = 50_000;

    private final DeliveryClock clock;
    private final ConcurrentHashMap<String, ClientRecord> known = new ConcurrentHashMap<>();
    private final KeepTime keepTime = new KeepTime(MOST_GONE);
    private final AtomicInteger connectedDevices = new AtomicInteger();

    public Clients(DeliveryClock clock) {
        this.clock = clock;
    }

    /** A device of a client has come or gone. */
    @SuppressWarnings("NullAway") // the function never returns null
    public void seen(String client, String device, int connections) {
        known.compute(client, (name, record) -> {
            ClientRecord seen = record == null ? new ClientRecord(clock.millis()) : record;
            connectedDevices.addAndGet(seen.seen(device, connections, clock.nanos()));
            return seen;
        });
    }

    @Nullable
    public ClientRecord find(String client) {
        return known.get(client);
    }

    public boolean isConnected(String client, String device) {
        ClientRecord record = known.get(client);
        return record != null && record.isConnected(device);
    }

    /** Whether any device of a client is connected. */
    public boolean isConnected(String client) {
        ClientRecord record = known.get(client);
        return record != null && record.isConnected();
    }

    public int connectedDevices() {
        return connectedDevices.get();
    }

    /** Devices that are connected or were within the last hour. */
    public int seenDevices() {
        return known.values().stream().mapToInt(ClientRecord::devices).sum();
    }

    public List<String> names() {
        List<String> names = new ArrayList<>(known.keySet());
        names.sort(null);
        return names;
    }

    public void sweep() {
        long now = clock.nanos();
        long keep = keepTime.of(KEEP_NANOS);
        for (String client : known.keySet()) {
            known.computeIfPresent(client, (name, record) -> record.forget(now, keep) ? null : record);
        }
        keepTime.adjust(known.size() - connectedDevices());
    }
}
