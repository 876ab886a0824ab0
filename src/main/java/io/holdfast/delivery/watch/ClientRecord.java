package io.holdfast.delivery.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What was counted for one client since it was first seen, or seen again after an hour. Any thread. */
public final class ClientRecord {
    private record Seen(int connections, long nanos) {}

    public final long sinceMillis;
    public final AtomicLong connections = new AtomicLong();
    public final AtomicLong sent = new AtomicLong();
    public final AtomicLong acknowledged = new AtomicLong();
    public final AtomicLong expired = new AtomicLong();
    public final AtomicLong dropped = new AtomicLong();
    public final AtomicLong dead = new AtomicLong();

    @GuardedBy("this")
    private final Map<String, Seen> devices = new HashMap<>(2);

    public ClientRecord(long sinceMillis) {
        this.sinceMillis = sinceMillis;
    }

    /** @return by how much the number of connected devices has changed */
    synchronized int seen(String device, int open, long nowNanos) {
        Seen before = devices.put(device, new Seen(open, nowNanos));
        int had = before == null ? 0 : before.connections();
        if (open > had) {
            connections.incrementAndGet();
        }
        return Integer.compare(open, 0) - Integer.compare(had, 0);
    }

    synchronized boolean isConnected(String device) {
        Seen seen = devices.get(device);
        return seen != null && seen.connections() > 0;
    }

    synchronized boolean isConnected() {
        return devices.values().stream().anyMatch(seen -> seen.connections() > 0);
    }

    synchronized int devices() {
        return devices.size();
    }

    /** Forgets devices that have been away for long. @return whether none is left */
    synchronized boolean forget(long nowNanos, long keepNanos) {
        devices.values().removeIf(seen -> seen.connections() == 0 && nowNanos - seen.nanos() > keepNanos);
        return devices.isEmpty();
    }
}
