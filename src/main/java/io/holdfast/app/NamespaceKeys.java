package io.holdfast.app;

import io.holdfast.access.AllowedClients;
import io.holdfast.access.Namespace;
import io.holdfast.access.Namespaces;
import io.holdfast.access.PayloadForm;
import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.Names;
import io.holdfast.delivery.OutsideTime;
import io.holdfast.stream.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the namespaces. {@code holdfast.pending.*} and {@code holdfast.dedup.*} are for outboxes and what channels inherit,
 * {@code holdfast.channels.*} for channels without namespace and what namespaces inherit, {@code
 * holdfast.namespace.<name>.*} for one of them.
 */
final class NamespaceKeys {
    private static final String NAMES = "holdfast.namespaces";
    private static final int MOST_PER_SECOND = 1_000_000;
    private static final int MOST_PER_HOUR = 1_000_000;
    private static final int NEW_CHANNELS_PER_HOUR = 100;

    private final Keys keys;
    private final boolean insecure;

    NamespaceKeys(Keys keys, boolean insecure) {
        this.keys = keys;
        this.insecure = insecure;
    }

    Namespaces read() {
        Namespace outboxes = outboxes();
        Namespace unnamed = namespace("", "holdfast.channels.", channels(outboxes));
        List<Namespace> named = new ArrayList<>();
        List<String> names = keys.list(NAMES);
        Set<String> good = new LinkedHashSet<>(names);
        good.removeIf(name -> !Namespaces.isName(name));
        if (good.size() < names.size()) {
            keys.refuse(NAMES, String.join(",", names), "different names of 1 to 64 letters, digits, - or _ each");
        }
        for (String name : good) {
            named.add(namespace(name, "holdfast.namespace." + name + ".", unnamed));
        }
        return new Namespaces(outboxes, unnamed, named, insecure);
    }

    /** The rights for outboxes cannot be configured. */
    private Namespace outboxes() {
        return new Namespace(
                Names.OUTBOX_NAMESPACE,
                AllowedClients.NOBODY,
                AllowedClients.NOBODY,
                AllowedClients.NOBODY,
                AllowedClients.NOBODY,
                false,
                false,
                false,
                false,
                keys.choice("holdfast.pending.payload", PayloadForm.JSON),
                false,
                true,
                retention("holdfast.pending.", new Retention(1_000, 8L << 20, Retention.Overflow.DROP_OLDEST)),
                timeToLive("holdfast.pending.", Duration.ofDays(7)),
                deduplication("holdfast.dedup.", new Deduplication(Duration.ofSeconds(300), null, false)),
                0,
                0);
    }

    /** The defaults for channels: open in insecure mode, otherwise for clients with a subscription token. */
    private Namespace channels(Namespace outboxes) {
        AllowedClients others = insecure ? AllowedClients.CLIENTS : AllowedClients.NOBODY;
        return new Namespace(
                "",
                insecure ? AllowedClients.CLIENTS : AllowedClients.SUBSCRIBERS,
                others,
                others,
                others,
                false,
                insecure,
                false,
                insecure,
                PayloadForm.JSON,
                insecure,
                true,
                outboxes.retention(),
                outboxes.timeToLive(),
                outboxes.deduplication(),
                0,
                insecure ? 0 : NEW_CHANNELS_PER_HOUR);
    }

    private Namespace namespace(String name, String prefix, Namespace inherited) {
        return new Namespace(
                name,
                keys.choice(prefix + "subscribe", inherited.subscribe()),
                keys.choice(prefix + "publish", inherited.publish()),
                keys.choice(prefix + "presence", inherited.presence()),
                keys.choice(prefix + "history", inherited.history()),
                keys.flag(prefix + "user-limited", inherited.userLimited()),
                keys.flag(prefix + "join-leave", inherited.joinLeave()),
                keys.flag(prefix + "join-leave-unasked", inherited.joinLeaveUnasked()),
                keys.flag(prefix + "tag-filters", inherited.tagFilters()),
                keys.choice(prefix + "payload", inherited.payload()),
                keys.flag(prefix + "deltas", inherited.deltas()),
                keys.flag(prefix + "recovery", inherited.recovery()),
                retention(prefix, inherited.retention()),
                timeToLive(prefix, inherited.timeToLive()),
                deduplication(prefix + "dedup.", inherited.deduplication()),
                keys.integer(prefix + "publishes-per-second", inherited.publishesPerSecond(), 0, MOST_PER_SECOND),
                keys.integer(prefix + "new-per-hour", inherited.newChannelsPerHour(), 0, MOST_PER_HOUR));
    }

    private Retention retention(String prefix, Retention inherited) {
        return new Retention(
                keys.integer(prefix + "max-messages", inherited.maxMessages(), 1, 10_000_000),
                keys.number(prefix + "max-bytes", inherited.maxBytes(), 1 << 10, 1L << 40),
                keys.choice(prefix + "overflow", inherited.overflow()));
    }

    private Duration timeToLive(String prefix, Duration inherited) {
        return keys.duration(prefix + "ttl", inherited, Duration.ZERO, OutsideTime.LONGEST);
    }

    private Deduplication deduplication(String prefix, Deduplication inherited) {
        String known = inherited.idPointer();
        String pointer = keys.text(prefix + "id-pointer", known == null ? "" : known);
        if (!pointer.isEmpty() && !pointer.startsWith("/")) {
            keys.refuse(prefix + "id-pointer", pointer, "a JSON pointer (RFC 6901), for instance /order/id");
            pointer = known == null ? "" : known;
        }
        return new Deduplication(
                keys.duration(prefix + "window", inherited.window(), Duration.ofSeconds(1), Duration.ofDays(7)),
                pointer.isEmpty() ? null : pointer,
                keys.flag(prefix + "content", inherited.content()));
    }
}
