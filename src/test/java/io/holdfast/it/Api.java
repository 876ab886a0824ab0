package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/** The HTTP API as a publisher uses it. */
final class Api {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final URI base;
    private final String key;

    Api(URI base, String key) {
        this.base = base;
        this.key = key;
    }

    /** An answer: status, headers and body as they came. */
    record Answer(int status, HttpResponse<String> response) {
        String body() {
            return response.body();
        }

        JsonNode json() {
            return Json.read(body());
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }
    }

    /** Posts a body written with single quotes. */
    Answer post(String path, String body, Object... values) {
        return postRaw(path, Json.object(body, values).toString());
    }

    /** @param headers names and values in turn */
    Answer postRaw(String path, String body, String... headers) {
        HttpRequest.Builder request = request(path);
        return answer((headers.length == 0 ? request : request.headers(headers))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    Answer get(String path) {
        return answer(request(path).GET().build());
    }

    /** Sends a message and returns the receipt; the body with single quotes. */
    JsonNode send(String body, Object... values) {
        Answer answer = post("/api/send", body, values);
        assertThat(answer.status()).as("send %s → %s", body, answer.body()).isEqualTo(200);
        return answer.json();
    }

    /** Sends {@code {"n": from}} to {@code {"n": to}} in order, one after the other. */
    void sendNumbers(String client, int from, int to) {
        for (int n = from; n <= to; n++) {
            send("{'client': '%s', 'id': '%s-%d', 'data': {'n': %d}}", client, client, n, n);
        }
    }

    /** Sends many messages at the same time and returns when all are accepted: their order is any. */
    void sendTogether(int count, IntFunction<String> body) {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(HTTP.sendAsync(
                    request("/api/send")
                            .POST(HttpRequest.BodyPublishers.ofString(body.apply(i)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString()));
            if (answers.size() == 64) {
                accepted(answers);
            }
        }
        accepted(answers);
    }

    private static void accepted(List<CompletableFuture<HttpResponse<String>>> answers) {
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            HttpResponse<String> response = answer.join();
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        }
        answers.clear();
    }

    /** What became of a message: {@code queued}, {@code acknowledged}, …; the status code where it is not 200. */
    String state(String client, String id) {
        Answer answer = message(client, id);
        return answer.status() == 200 ? answer.json().path("state").asText() : String.valueOf(answer.status());
    }

    Answer message(String client, String id) {
        return get("/api/message?client=" + encoded(client) + "&id=" + encoded(id));
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(Duration.ofSeconds(20));
        return key == null ? request : request.header("X-API-Key", key);
    }

    private static Answer answer(HttpRequest request) {
        try {
            HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
