package io.holdfast.handlers.backend;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.faulttolerance.Bulkhead;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;
import org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/**
 * Guards the calls of back ends with MicroProfile Fault Tolerance: each kind of event has a breaker and a bulkhead of its own, so
 * one that hangs or fails takes neither the threads nor the time of the others. Every value can be overridden by MicroProfile
 * Config, for instance {@code io.holdfast.handlers.backend.GuardedBackends/Bulkhead/value}.
 *
 * <p>The time limit is that of {@link BackendClient}. Decisions about a connection or a subscription have no effect before they
 * are made, so they may be repeated. A publication or an rpc reaches the application at most once: never repeated.
 *
 * <p>Every method returns the body of the reply, and throws {@link BackendUnavailableException}, {@link BadReplyException}, {@link
 * CircuitBreakerOpenException}, {@link BulkheadException} or {@link InterruptedException}.
 */
@ApplicationScoped
@CircuitBreaker(
        requestVolumeThreshold = 20,
        failureRatio = 0.5,
        successThreshold = 2,
        delay = 5_000,
        failOn = BackendUnavailableException.class)
@Bulkhead(64)
public class GuardedBackends {
    private static final int RETRIES = 2;
    private static final int DELAY_MILLIS = 50;
    private static final int JITTER_MILLIS = 25;
    private static final int MOST_MILLIS = 5_000;

    private final BackendClient client;

    /** For the client proxy only. */
    @SuppressWarnings("NullAway")
    protected GuardedBackends() {
        this(null);
    }

    @Inject
    public GuardedBackends(BackendClient client) {
        this.client = client;
    }

    @Retry(
            maxRetries = RETRIES,
            delay = DELAY_MILLIS,
            jitter = JITTER_MILLIS,
            maxDuration = MOST_MILLIS,
            retryOn = BackendUnavailableException.class)
    public byte[] connect(BackendRequest request) throws InterruptedException {
        return client.send(request);
    }

    @Retry(
            maxRetries = RETRIES,
            delay = DELAY_MILLIS,
            jitter = JITTER_MILLIS,
            maxDuration = MOST_MILLIS,
            retryOn = BackendUnavailableException.class)
    public byte[] refresh(BackendRequest request) throws InterruptedException {
        return client.send(request);
    }

    @Retry(
            maxRetries = RETRIES,
            delay = DELAY_MILLIS,
            jitter = JITTER_MILLIS,
            maxDuration = MOST_MILLIS,
            retryOn = BackendUnavailableException.class)
    public byte[] subscribe(BackendRequest request) throws InterruptedException {
        return client.send(request);
    }

    @Retry(
            maxRetries = RETRIES,
            delay = DELAY_MILLIS,
            jitter = JITTER_MILLIS,
            maxDuration = MOST_MILLIS,
            retryOn = BackendUnavailableException.class)
    public byte[] subRefresh(BackendRequest request) throws InterruptedException {
        return client.send(request);
    }

    public byte[] publish(BackendRequest request) throws InterruptedException {
        return client.send(request);
    }

    public byte[] rpc(BackendRequest request) throws InterruptedException {
        return client.send(request);
    }
}
