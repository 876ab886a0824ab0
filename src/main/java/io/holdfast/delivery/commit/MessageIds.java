package io.holdfast.delivery.commit;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Makes message ids where the publisher gives none: a random prefix for this process, and a counter. Any thread. */
final class MessageIds {
    private final String prefix = Long.toUnsignedString(new SecureRandom().nextLong(), Character.MAX_RADIX) + "-";
    private final AtomicLong counter = new AtomicLong();

    String next() {
        return prefix + Long.toUnsignedString(counter.incrementAndGet(), Character.MAX_RADIX);
    }
}
