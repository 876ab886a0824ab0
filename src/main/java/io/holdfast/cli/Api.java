package io.holdfast.cli;

import io.holdfast.validate.Trust;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The server API over HTTP. Whatever is not an answer to the question becomes a {@link Failure}. Redirects are not
 * followed: the key would go along.
 */
final class Api {
    /** Some hundred thousand names of clients; nothing that the API answers is longer. */
    private static final int MAX_BYTES = 32 << 20;

    private final URI base;
    private final String key;
    private final Duration limit;
    private final HttpClient http;

    /** An answer of any status; its body is UTF-8. */
    record Answer(int status, String body) {}

    /** @param key empty to send none */
    Api(URI base, String key, Duration limit, Trust trust) {
        this.base = base;
        this.key = key;
        this.limit = limit;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(limit)
                .sslContext(trust.context())
                .build();
    }

    /** The body of a good answer. */
    String get(String path) {
        return good(request(path).GET().build());
    }

    String post(String path, String json) {
        return good(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    /** The answer whatever its status. */
    Answer ask(String path) {
        HttpResponse<byte[]> response = exchange(request(path).GET().build());
        return new Answer(response.statusCode(), text(response.body()));
    }

    /** A part of a query. */
    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        return key.isEmpty() ? request : request.header("X-API-Key", key);
    }

    private String good(HttpRequest request) {
        HttpResponse<byte[]> response = exchange(request);
        String body = text(response.body());
        if (response.statusCode() / 100 != 2) {
            throw Refusals.byStatus(
                    response.statusCode(),
                    body,
                    response.headers().firstValue("Retry-After").orElse(""),
                    String.valueOf(request.uri()));
        }
        Map<String, @Nullable Object> error = Refusals.error(body);
        if (!error.isEmpty()) {
            throw Refusals.byCode(error);
        }
        return body;
    }

    /** The limit is for all of it: connecting, waiting, and reading the body. */
    private HttpResponse<byte[]> exchange(HttpRequest request) {
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(
                request,
                head -> new LimitedBody(
                        MAX_BYTES,
                        head.headers().firstValueAsLong("Content-Length").orElse(0)));
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw Refusals.silent(base, limit);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.UNREACHABLE, "interrupted", "Interrupted", "Ask again.");
        }
    }

    private Failure failure(@Nullable Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof Failure known) {
                return known;
            }
        }
        return Refusals.unreachable(base, thrown);
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }
}
