package io.holdfast.handlers.backend;

import io.holdfast.delivery.WallClock;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request to a back end and reads the reply, within the time and size that are allowed. Never sends it twice, and follows
 * no redirect. Any thread.
 */
public class BackendClient {

    /** Headers that the client for HTTP keeps for itself, or that say what the request is. */
    public static final Set<String> OWN_HEADERS = Set.of(
            "connection",
            "content-length",
            "content-type",
            "expect",
            "host",
            "transfer-encoding",
            "upgrade",
            "x-holdfast-request-id",
            "x-holdfast-timestamp",
            "x-holdfast-signature");

    static final int TOO_MANY_REQUESTS = 429;

    private static final int OK = 200;

    /** Statuses of servers and proxies that cannot answer now. Every other one is an answer to this request alone. */
    private static final Set<Integer> UNAVAILABLE = Set.of(502, 503, 504);

    private final HttpClient http;
    private final BackendSettings settings;
    private final WallClock wall;
    private final @Nullable Signature signature;

    /** @param http follows no redirects */
    public BackendClient(HttpClient http, BackendSettings settings, WallClock wall) {
        this.http = http;
        this.settings = settings;
        this.wall = wall;
        this.signature = settings.secret() == null ? null : new Signature(settings.secret());
    }

    /**
     * The body of the reply.
     *
     * @throws BackendUnavailableException if there is none
     * @throws BackendBusyException if there are too many requests
     * @throws BadReplyException if it is too long, or has another status than 200
     * @throws InterruptedException then the exchange is cancelled
     */
    byte[] send(BackendRequest request) throws InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> exchange = http.sendAsync(
                toHttp(request),
                head -> head.statusCode() == OK
                        ? new LimitedReply(settings.maxReplyBytes())
                        : BodySubscribers.replacing(new byte[0]));
        try {
            return body(exchange.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            throw new BackendUnavailableException("no reply within " + settings.timeout(), e);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            exchange.cancel(true);
        }
    }

    /** The client for HTTP may have wrapped what the reader of the body says. */
    private static RuntimeException failure(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BadReplyException bad) {
                return bad;
            }
        }
        return new BackendUnavailableException("no reply", failure);
    }

    private static byte[] body(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        if (UNAVAILABLE.contains(status)) {
            throw new BackendUnavailableException("status " + status, null);
        }
        if (status == TOO_MANY_REQUESTS) {
            throw new BackendBusyException();
        }
        if (status != OK) {
            throw new BadReplyException("its status is " + status + ", not 200");
        }
        return response.body();
    }

    private HttpRequest toHttp(BackendRequest request) {
        HttpRequest.Builder http = HttpRequest.newBuilder(request.url());
        request.headers().forEach((name, value) -> {
            if (!OWN_HEADERS.contains(name)) {
                http.setHeader(name, value);
            }
        });
        http.setHeader("Content-Type", "application/json").setHeader("X-Holdfast-Request-Id", request.id());
        if (signature != null) {
            Instant now = wall.now();
            http.setHeader("X-Holdfast-Timestamp", Long.toString(now.getEpochSecond()))
                    .setHeader("X-Holdfast-Signature", "v1=" + signature.of(now, request.body()));
        }
        return http.POST(HttpRequest.BodyPublishers.ofByteArray(request.body())).build();
    }
}
