package io.holdfast.client;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Calls the server API of a gateway (docs/api.md). An answer of any status is returned; only what is not an answer is an
 * exception. Redirects are not followed, since the API key would go along. Any thread; calls wait for their answer.
 */
public final class ApiClient {
    /** No answer of the API is longer: it holds some hundred thousand names of clients. */
    private static final int MAX_BYTES = 32 << 20;

    private final URI base;
    private final @Nullable String key;
    private final Duration limit;
    private final HttpClient http;

    /**
     * An answer.
     *
     * @param status of HTTP
     * @param body decoded from UTF-8
     */
    public record Answer(int status, HttpHeaders headers, String body) {
        /** Reads the body. @throws IOException if it is not one JSON value */
        public Json json() throws IOException {
            return Json.read(body);
        }

        /** A header's first value; empty if there is none. */
        public String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    /**
     * Makes a client of one gateway; nothing is sent yet.
     *
     * @param base scheme, host, port and context root, such as {@code https://push.example/context}; a slash at the end may
     *     be there or not
     * @param key the API key; null to send none
     * @param limit for the whole of a call: connecting, waiting, and reading the body
     * @param trust if the scheme is https
     * @throws IllegalArgumentException without the key, if it is not {@link #isKey one that can be sent}
     */
    public ApiClient(URI base, @Nullable String key, Duration limit, Trust trust) {
        this.base = URI.create(base.toString().replaceFirst("/$", ""));
        this.key = sendable(key);
        this.limit = limit;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(limit)
                .sslContext("https".equals(base.getScheme()) ? trust.context() : Trust.nobody())
                .build();
    }

    /** Whether a header can hold this key: all its characters are visible ones of ASCII. */
    public static boolean isKey(String key) {
        return key.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    /** The JDK's own message for a bad key has the key in it. */
    private static @Nullable String sendable(@Nullable String key) {
        if (key != null && !isKey(key)) {
            throw new IllegalArgumentException("the API key has a character that a header cannot hold");
        }
        return key;
    }

    /**
     * Gets a path.
     *
     * @param path with its query, encoded, such as {@code /api/clients?limit=5}
     * @throws HttpTimeoutException if the answer is not complete within the limit; the server may have done what was asked
     * @throws AnswerTooLongException if the answer is longer than 32 MiB
     * @throws IOException if there is no connection, or it ends before the answer
     */
    public Answer get(String path) throws IOException, InterruptedException {
        return exchange(request(path, key).GET().build());
    }

    /**
     * Posts JSON to a path, and fails as {@link #get} does.
     *
     * @param json sent as it is, so it may be wrong on purpose
     */
    public Answer post(String path, String json) throws IOException, InterruptedException {
        return post(path, json, key);
    }

    /**
     * Posts with another API key, or with none if it is null.
     *
     * @throws IllegalArgumentException as the constructor does
     */
    public Answer post(String path, String json, @Nullable String otherKey) throws IOException, InterruptedException {
        return exchange(request(path, sendable(otherKey))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    }

    /** Encodes a value for a query. */
    public static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path, @Nullable String sentKey) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        return sentKey == null ? request : request.header("X-API-Key", sentKey);
    }

    private Answer exchange(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(
                request,
                head -> new LimitedBody(
                        MAX_BYTES,
                        head.headers().firstValueAsLong("Content-Length").orElse(0)));
        try {
            HttpResponse<byte[]> response = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(
                    response.statusCode(), response.headers(), new String(response.body(), StandardCharsets.UTF_8));
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new HttpTimeoutException("No answer from " + base + " within " + limit.toMillis() / 1_000.0 + " s");
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        }
    }

    /** The JDK wraps what ended the reading of a body. */
    private static IOException failure(@Nullable Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof AnswerTooLongException known) {
                return known;
            }
        }
        return thrown instanceof IOException io ? io : new IOException(thrown);
    }
}
