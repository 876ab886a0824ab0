package io.holdfast.cluster;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.holdfast.delivery.Arrivals.Arrival;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The last publication of each stream that this node has stored within the last moments. A node whose subscription is told while
 * it is being stored gets it from here: one that is older, its reader has found. Bounded in number and bytes. Any thread.
 */
final class Recent {
    private static final int MOST = 4_096;
    private static final int MOST_BYTES = 4 << 20;

    private final LongSupplier nanos;
    private final long keepNanos;

    /** The oldest first. */
    @GuardedBy("this")
    private final Map<String, Kept> byStream = new LinkedHashMap<>();

    @GuardedBy("this")
    private long bytes;

    private record Kept(Arrival stored, long atNanos) {
        int bytes() {
            return stored.publication().payload().length;
        }
    }

    Recent(LongSupplier nanos, long keepNanos) {
        this.nanos = nanos;
        this.keepNanos = keepNanos;
    }

    void add(Arrival stored) {
        Kept kept = new Kept(stored, nanos.getAsLong());
        synchronized (this) {
            Kept earlier = byStream.remove(stored.stream());
            bytes += kept.bytes() - (earlier == null ? 0 : earlier.bytes());
            byStream.put(stored.stream(), kept);
            Iterator<Kept> oldest = byStream.values().iterator();
            while (byStream.size() > MOST || bytes > MOST_BYTES) {
                bytes -= oldest.next().bytes();
                oldest.remove();
            }
        }
    }

    /** Null if nothing was stored in the stream within the last moments. */
    synchronized @Nullable Arrival last(String stream) {
        Kept kept = byStream.get(stream);
        return kept == null || nanos.getAsLong() - kept.atNanos() > keepNanos ? null : kept.stored();
    }
}
