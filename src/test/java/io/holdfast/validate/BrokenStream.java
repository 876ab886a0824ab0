package io.holdfast.validate;

import io.holdfast.client.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A stream of the test double, with a cursor for each device. Guarded by the gateway's lock. */
final class BrokenStream {
    private static final int KEPT = 1_000;

    /** @param repeated whether this is the answer to a repetition */
    record Pub(long offset, String id, String data, long expiresAtNanos, boolean repeated) {
        boolean isExpired() {
            return expiresAtNanos != Long.MAX_VALUE && System.nanoTime() > expiresAtNanos;
        }
    }

    private final BrokenGateway gateway;
    private final String epoch = "e" + System.nanoTime();
    private final List<Pub> pubs = new ArrayList<>();
    private final Map<String, Pub> byId = new HashMap<>();
    private final Set<String> dropped = new HashSet<>();
    private long written;
    private final Map<String, Long> cursors = new HashMap<>();

    BrokenStream(BrokenGateway gateway) {
        this.gateway = gateway;
    }

    String epoch() {
        return epoch;
    }

    long top() {
        return pubs.size();
    }

    long lostUpTo() {
        return Math.max(0, pubs.size() - KEPT);
    }

    /** Where a device goes on that knows no position; a new one behind what any other has confirmed. */
    long cursor(String device) {
        if (gateway.has(Defect.FORGETS_CURSORS)) {
            return 0;
        }
        long highest = confirmed();
        long own = cursors.computeIfAbsent(device, key -> highest);
        return gateway.has(Defect.SHARES_CURSORS) ? highest : own;
    }

    /** What any device has confirmed. */
    private long confirmed() {
        return cursors.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    Pub publish(String id, Json body) {
        Pub first = byId.get(id);
        if (first != null && !gateway.has(Defect.STORES_TWICE)) {
            return new Pub(first.offset(), id, first.data(), first.expiresAtNanos(), true);
        }
        Json ttl = body.at("ttl");
        long expires =
                ttl.isNumber() ? System.nanoTime() + (long) (ttl.decimal().doubleValue() * 1e9) : Long.MAX_VALUE;
        Pub pub = new Pub(pubs.size() + 1, id, body.at("data").toString(), expires, false);
        pubs.add(pub);
        byId.put(id, pub);
        if (lostUpTo() > confirmed()) {
            dropped.add(pubs.get((int) lostUpTo() - 1).id());
        }
        return pub;
    }

    List<Pub> after(long offset) {
        return pubs.stream()
                .filter(pub -> pub.offset() > Math.max(offset, lostUpTo()))
                .filter(pub -> pub.offset() > confirmed() || !gateway.has(Defect.TRIMS_WHAT_ONE_CONFIRMED))
                .filter(pub -> !pub.isExpired() || gateway.has(Defect.DELIVERS_THE_EXPIRED))
                .toList();
    }

    void wrote(String device, long offset) {
        written = Math.max(written, offset);
        if (gateway.has(Defect.CONFIRMS_WHAT_IT_WRITES)) {
            cursors.merge(device, offset, Math::max);
        }
    }

    long written() {
        return written;
    }

    void confirm(String device, long offset) {
        if (!gateway.has(Defect.NEVER_CONFIRMS)) {
            cursors.merge(device, offset, Math::max);
        }
    }

    /** What nobody has confirmed yet. */
    long queued() {
        return top() - Math.max(confirmed(), lostUpTo());
    }

    /** Empty if nobody sent it. */
    String state(String id) {
        Pub pub = byId.get(id);
        if (pub == null) {
            return "";
        }
        if (dropped.contains(id)) {
            return "dropped";
        }
        if (pub.offset() <= confirmed()) {
            return "acknowledged";
        }
        return pub.isExpired() ? "expired" : pub.offset() <= written ? "sent" : "queued";
    }
}
