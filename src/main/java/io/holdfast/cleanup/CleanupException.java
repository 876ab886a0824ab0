package io.holdfast.cleanup;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** An operation of a provider failed. */
public class CleanupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why an operation failed, how often it is tried again, and after which delays. */
    public enum Cause {
        /** Too many requests: three more attempts after 1, 2 and 4 s. */
        RATE_LIMIT(3, Duration.ofSeconds(1), 2, false),
        /** No answer in time: two more attempts after 1 s each. */
        TIMEOUT(2, Duration.ofSeconds(1), 1, false),
        /** Not allowed: it is not tried again. */
        AUTHORIZATION(0, Duration.ZERO, 1, false),
        /** The called system failed: five more attempts after 0.25, 0.5, 1, 2 and 4 s. */
        SERVER_ERROR(5, Duration.ofMillis(250), 2, false),
        /** The called system was not reached: four more attempts after random delays of 50 to 100 % of 0.5, 1, 2 and 4 s. */
        NETWORK(4, Duration.ofMillis(500), 2, true);

        private final int retries;
        private final Duration first;
        private final int factor;
        private final boolean jitter;

        Cause(int retries, Duration first, int factor, boolean jitter) {
            this.retries = retries;
            this.first = first;
            this.factor = factor;
            this.jitter = jitter;
        }

        /** How many attempts may follow the first. */
        public int retries() {
            return retries;
        }

        /** How long to wait before a retry. @param retry 1 for the first */
        public Duration delay(int retry, RandomGenerator random) {
            long millis = first.toMillis();
            for (int i = 1; i < retry; i++) {
                millis *= factor;
            }
            return Duration.ofMillis(jitter ? millis / 2 + random.nextLong(millis / 2 + 1) : millis);
        }
    }

    private final Cause reason;

    /** @param message for the audit: what went wrong, without payload or secrets */
    public CleanupException(Cause reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = requireNonNull(reason, "reason");
    }

    public Cause reason() {
        return reason;
    }
}
