package io.holdfast.delivery.commit;

import io.holdfast.delivery.Deduplication;
import io.holdfast.delivery.Payloads;
import io.holdfast.delivery.SendOptions;
import io.holdfast.delivery.watch.Counters;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds the ids of messages, and makes them where the publisher gives none: a random prefix for this process, and a counter. Any
 * thread.
 */
final class MessageIds {
    private static final String CONTENT_ID = "sha256-";

    private final Payloads payloads;
    private final Validation validation;
    private final Counters counters;
    private final String prefix = Long.toUnsignedString(new SecureRandom().nextLong(), Character.MAX_RADIX) + "-";
    private final AtomicLong counter = new AtomicLong();

    MessageIds(Payloads payloads, Validation validation, Counters counters) {
        this.payloads = payloads;
        this.validation = validation;
        this.counters = counters;
    }

    /** The id that the call names, or the channel's way finds; null if there is none. */
    @Nullable
    String chosen(String stream, byte[] payload, SendOptions how, Deduplication deduplication) {
        if (how.id() != null) {
            return how.id();
        }
        Deduplication.Wanted wanted = how.deduplicate();
        String pointer = deduplication.idPointer();
        if (wanted == Deduplication.Wanted.CHANNEL && pointer != null) {
            String found = payloads.textAt(payload, pointer);
            if (found != null && validation.mayBeId(found)) {
                counters.idsFromPayload.increment();
                return found;
            }
        }
        boolean byContent = wanted == Deduplication.Wanted.CHANNEL && deduplication.content();
        if (byContent || wanted == Deduplication.Wanted.CONTENT) {
            counters.idsFromContent.increment();
            return CONTENT_ID + payloads.contentHash(stream, payload);
        }
        return null;
    }

    /** A new one. */
    String next() {
        return prefix + Long.toUnsignedString(counter.incrementAndGet(), Character.MAX_RADIX);
    }
}
