package io.holdfast.access;

import io.holdfast.stream.RecordBatch;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How often each node has changed the stored revocations, so that the others need to read them only after a change. With each
 * change a node writes a record: {@code revoking/<node>} with the value {@code <changes> <time>}. Not for several threads at once.
 */
final class RevocationChanges {
    static final String PREFIX = "revoking/";

    /** Records of nodes that have changed nothing for this long are removed. Those that are there have read them by then. */
    private static final long KEPT_MILLIS = TimeUnit.DAYS.toMillis(1);

    private final LongSupplier node;
    private final Map<Long, Long> seen = new HashMap<>();
    private final Map<Long, Long> changedAt = new HashMap<>();
    private long own;

    /** @param node this node's number */
    RevocationChanges(LongSupplier node) {
        this.node = node;
    }

    /** Adds to a batch that this node changes something. @return which change of this node it is */
    long write(RecordBatch batch, long nowMillis) {
        changedAt.forEach((other, millis) -> {
            if (nowMillis - millis > KEPT_MILLIS) {
                batch.delete(PREFIX + other);
            }
        });
        own++;
        batch.put(PREFIX + node.getAsLong(), own + " " + nowMillis);
        return own;
    }

    /** Notes what is stored. @return whether another node has made a change that this one has not seen */
    boolean note(SortedMap<String, String> records) {
        boolean unseen = false;
        changedAt.clear();
        for (Map.Entry<String, String> each : records.entrySet()) {
            long other = Long.parseLong(each.getKey().substring(PREFIX.length()));
            String[] value = each.getValue().split(" ", -1);
            changedAt.put(other, Long.parseLong(value[1]));
            Long before = seen.put(other, Long.parseLong(value[0]));
            unseen |= other != node.getAsLong() && (before == null || before != Long.parseLong(value[0]));
        }
        return unseen;
    }

    /** Another node has told of a change. */
    void told(long other, long change) {
        if (seen.getOrDefault(other, 0L) == change - 1) {
            seen.put(other, change);
        }
    }
}
