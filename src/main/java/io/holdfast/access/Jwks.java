package io.holdfast.access;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.URLBasedJWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import io.holdfast.access.AccessDeniedException.Kind;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Public keys that are fetched, and fetched again: when they are old, and when a token names one that is not among them.
 *
 * <p><b>Threads.</b> Any. Fetching happens on the executor, one at a time, begun at most once in {@link #MIN_INTERVAL}. Who
 * needs a key that is not there waits for the fetch, at most {@link #MAX_WAIT} and at most {@link #MAX_WAITING} at the same
 * time; nobody else waits at all. So tokens with invented key ids can hold a few threads for a second, and cause a request
 * in ten seconds.
 *
 * <p><b>Failure.</b> The keys that were fetched last stay good for as long as no newer ones can be fetched. Where a token
 * needs a key that could not be looked for, the answer is {@link Kind#UNAVAILABLE} and not that the token is bad.
 *
 * <p>Nimbus' {@code JWKSourceBuilder} is not used, because it cannot keep the bound on waiting threads. It fetches a missing
 * key on the caller's thread, and any number of other callers wait for its lock. A semaphore around its {@code get} would
 * also refuse callers whose key is in its cache, while others wait for a missing key. Its rate limit also lets a second
 * request through in each interval.
 */
final class Jwks {
    static final Duration MIN_INTERVAL = Duration.ofSeconds(10);
    static final Duration MAX_WAIT = Duration.ofSeconds(1);
    static final int MAX_WAITING = 8;

    private static final int CONNECT_MILLIS = 2_000;
    private static final int READ_MILLIS = 5_000;
    private static final int MAX_BYTES = 256 << 10;

    private static final Logger LOG = Logger.getLogger(Jwks.class.getName());

    /** How the keys are fetched. */
    interface Source {
        /** Blocks, within time limits of its own. */
        List<JWK> fetch() throws KeySourceException;
    }

    private final Source source;
    private final long refreshNanos;
    private final Executor executor;
    private final LongSupplier nanos;
    private final Semaphore waiting = new Semaphore(MAX_WAITING);
    private volatile List<VerificationKey> keys = List.of();

    @GuardedBy("this")
    private @Nullable CompletableFuture<Boolean> fetching;

    @GuardedBy("this")
    private boolean begun;

    @GuardedBy("this")
    private boolean failing;

    @GuardedBy("this")
    private long begunAtNanos;

    Jwks(Source source, Duration refresh, Executor executor, LongSupplier nanos) {
        this.source = source;
        this.refreshNanos = refresh.toNanos();
        this.executor = executor;
        this.nanos = nanos;
    }

    /** From a URL. */
    static Jwks of(URI url, Duration refresh, Executor executor, LongSupplier nanos) {
        try {
            URLBasedJWKSetSource<SecurityContext> source = new URLBasedJWKSetSource<>(
                    url.toURL(), new DefaultResourceRetriever(CONNECT_MILLIS, READ_MILLIS, MAX_BYTES));
            return new Jwks(
                    () -> source.getJWKSet(JWKSetCacheRefreshEvaluator.forceRefresh(), 0, null)
                            .getKeys(),
                    refresh,
                    executor,
                    nanos);
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException("the URL of the JWKS is not valid", e);
        }
    }

    /** Whether a key can be used: it must be a public key, because secrets are not taken from a JWKS. */
    static boolean mayHold(JWSAlgorithm algorithm) {
        return JWSAlgorithm.Family.SIGNATURE.contains(algorithm);
    }

    /**
     * The keys that a token may be signed with; none if the newest set has none.
     *
     * @throws AccessDeniedException of kind UNAVAILABLE if the keys are not known now
     */
    List<VerificationKey> find(JWSHeader header) throws AccessDeniedException {
        CompletableFuture<Boolean> fetch = isOld() ? fetch() : null;
        List<VerificationKey> found = fitting(header);
        if (!found.isEmpty()) {
            return found;
        }
        if (fetch == null) {
            fetch = fetch();
        }
        if (fetch == null || !succeeds(fetch)) {
            found = fitting(header);
            if (found.isEmpty()) {
                throw new AccessDeniedException(Kind.UNAVAILABLE, "the token's key has not been fetched");
            }
            return found;
        }
        return fitting(header);
    }

    private List<VerificationKey> fitting(JWSHeader header) {
        return keys.stream().filter(key -> key.fits(header)).toList();
    }

    private synchronized boolean isOld() {
        return !begun || nanos.getAsLong() - begunAtNanos >= refreshNanos;
    }

    /** The running fetch, or a new one; null if it is too soon for a new one. */
    private @Nullable CompletableFuture<Boolean> fetch() {
        CompletableFuture<Boolean> started = new CompletableFuture<>();
        synchronized (this) {
            if (fetching != null) {
                return fetching;
            }
            long now = nanos.getAsLong();
            if (begun && now - begunAtNanos < MIN_INTERVAL.toNanos()) {
                return null;
            }
            begun = true;
            begunAtNanos = now;
            fetching = started;
        }
        try {
            executor.execute(() -> fetch(started));
        } catch (RejectedExecutionException e) {
            ended(started, false, e);
        }
        return started;
    }

    private void fetch(CompletableFuture<Boolean> started) {
        boolean succeeded = false;
        Exception failure = null;
        try {
            List<VerificationKey> fetched = usable(source.fetch());
            if (fetched.isEmpty()) {
                throw new IllegalStateException("The JWKS has no key that can verify signatures");
            }
            keys = fetched;
            succeeded = true;
        } catch (KeySourceException | RuntimeException e) {
            failure = e;
        } finally {
            ended(started, succeeded, failure);
        }
    }

    private static List<VerificationKey> usable(List<JWK> fetched) {
        List<VerificationKey> usable = new ArrayList<>();
        for (JWK jwk : fetched) {
            VerificationKey key = VerificationKey.of(jwk);
            if (key != null) {
                usable.add(key);
            }
        }
        return List.copyOf(usable);
    }

    private void ended(CompletableFuture<Boolean> started, boolean succeeded, @Nullable Exception failure) {
        boolean news;
        synchronized (this) {
            fetching = null;
            news = failing == succeeded;
            failing = !succeeded;
        }
        if (news) {
            LOG.log(
                    succeeded ? Level.INFO : Level.WARNING,
                    succeeded
                            ? "The JWKS can be fetched again"
                            : "The JWKS cannot be fetched; the keys that were fetched earlier stay valid (holdfast.token.jwks-url)",
                    failure);
        }
        started.complete(succeeded);
    }

    private boolean succeeds(CompletableFuture<Boolean> fetch) {
        if (fetch.isDone()) {
            return fetch.join();
        }
        if (!waiting.tryAcquire()) {
            return false;
        }
        try {
            return fetch.get(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting.release();
        }
    }
}
