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
 * one that hangs or fails takes neither the threads nor the time of the others. What a single URL does is the business of {@link
 * Tally}. Every value can be overridden by MicroProfile
 * Config, for instance {@code io.holdfast.handlers.backend.GuardedBackends/Bulkhead/value}.
 *
 * <p>The time limit is that of {@link BackendClient}. Decisions about a connection or a subscription have no effect before they
 * are made, so they may be repeated. A publication or an rpc reaches the application at most once: {@link #publish} and {@link #rpc}
 * say so for themselves.
 *
 * <p>Every method returns the body of the reply, and throws {@link BackendUnavailableException}, {@link BackendBusyException},
 * {@link BadReplyException}, {@link CircuitBreakerOpenException}, {@link BulkheadException} or {@link InterruptedException}.
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

    @Retry(maxRetries = 2, delay = 50, jitter = 25, maxDuration = 5_000, retryOn = BackendUnavailableException.class)
    public byte[] connect(BackendRequest request) throws InterruptedException {
        return client.send(request);
    }

    @Retry(maxRetries = 2, delay = 50, jitter = 25, maxDuration = 5_000, retryOn = BackendUnavailableException.class)
    public byte[] refresh(BackendRequest request) throws InterruptedException {
        return client.send(request);
    }

    @Retry(maxRetries = 2, delay = 50, jitter = 25, maxDuration = 5_000, retryOn = BackendUnavailableException.class)
    public byte[] subscribe(BackendRequest request) throws InterruptedException {
        return client.send(request);
    }

    @Retry(maxRetries = 2, delay = 50, jitter = 25, maxDuration = 5_000, retryOn = BackendUnavailableException.class)
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
