package io.holdfast.validate;

import io.holdfast.validate.Event.Accepted;
import io.holdfast.validate.Event.Told;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server API, as a publisher calls it. Receipts and states go to the recorder. */
final class Api {
    private static final HttpClient PLAIN = client(Trust.ofJava());
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Target target;
    private final Recorder recorder;
    private final HttpClient http;

    Api(Target target, Recorder recorder) {
        this.target = target;
        this.recorder = recorder;
        this.http = client(target.trust());
    }

    private static HttpClient client(Trust trust) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .sslContext(trust.context())
                .build();
    }

    record Answer(int status, String body) {
        Json json() throws IOException {
            return Json.read(body);
        }
    }

    /** Where a message was stored. */
    record Receipt(String epoch, long offset, boolean duplicate) {}

    /** Sends a message to a client and records the receipt; anything but a receipt does not hold. */
    Receipt send(String client, String id, String data) throws IOException, InterruptedException {
        return send(client, id, data, "");
    }

    /** @param more fields, each after a comma */
    Receipt send(String client, String id, String data, String more) throws IOException, InterruptedException {
        Answer answer = post("/api/send", body(client, id, data, more));
        if (answer.status() != 200) {
            throw new NotHeldException("POST /api/send was answered with " + answer.status() + " " + answer.body());
        }
        return recorded("#" + client, id, answer.json());
    }

    private static String body(String client, String id, String data, String more) {
        return "{\"client\":" + Json.quoted(client) + ",\"id\":" + Json.quoted(id) + ",\"data\":" + data + more + "}";
    }

    /** Publishes on a channel and records where it was stored. */
    Receipt publish(String channel, String id, String data) throws IOException, InterruptedException {
        Answer answer = post(
                "/api/publish",
                "{\"channel\":" + Json.quoted(channel) + ",\"idempotency_key\":" + Json.quoted(id) + ",\"data\":" + data
                        + "}");
        Json result = answer.status() == 200 ? answer.json().at("result") : Json.ABSENT;
        if (!result.has("offset")) {
            throw new NotHeldException("POST /api/publish was answered with " + answer.status() + " " + answer.body());
        }
        return recorded(channel, id, result);
    }

    /** Sends many messages in one request, in this order. */
    void sendBatch(String client, List<String> ids, String data) throws IOException, InterruptedException {
        StringBuilder commands = new StringBuilder("{\"commands\":");
        String separator = "[";
        for (String id : ids) {
            commands.append(separator)
                    .append("{\"send\":")
                    .append(body(client, id, data, ""))
                    .append('}');
            separator = ",";
        }
        Answer answer = post("/api/batch", commands.append("]}").toString());
        List<Json> replies =
                answer.status() == 200 ? answer.json().at("replies").items() : List.of();
        if (replies.size() != ids.size()) {
            throw new NotHeldException("POST /api/batch was answered with " + answer.status() + " " + answer.body());
        }
        for (int i = 0; i < ids.size(); i++) {
            Json receipt = replies.get(i).at("send");
            if (!receipt.has("offset")) {
                throw new NotHeldException("in a batch, a send was answered with " + replies.get(i));
            }
            recorded("#" + client, ids.get(i), receipt);
        }
    }

    private Receipt recorded(String channel, String id, Json receipt) {
        Receipt stored = new Receipt(
                receipt.at("epoch").text(),
                receipt.at("offset").number(),
                receipt.at("duplicate").isTrue());
        recorder.record(new Accepted(channel, id, stored.epoch(), stored.offset(), stored.duplicate()));
        return stored;
    }

    /** Sends a message; if there is a receipt, it is recorded. */
    Answer trySend(String client, String id, String data) throws IOException, InterruptedException {
        Answer answer = post("/api/send", body(client, id, data, ""));
        if (answer.status() == 200) {
            recorded("#" + client, id, answer.json());
        }
        return answer;
    }

    /**
     * Sends until there is a receipt, always with the same id, as a publisher must do that got no answer or a 503.
     *
     * @return how many attempts it took
     */
    int sendUntilAccepted(String client, String id, String data, Duration limit)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        for (int attempt = 1; ; attempt++) {
            String last;
            try {
                Answer answer = trySend(client, id, data);
                if (answer.status() == 200) {
                    return attempt;
                }
                last = answer.status() + " " + answer.body();
                if (answer.status() < 500 && answer.status() != 429) {
                    throw new NotHeldException("POST /api/send was answered with " + last);
                }
            } catch (IOException e) {
                last = e.toString();
            }
            if (System.nanoTime() > end) {
                throw new NotHeldException("no receipt within " + limit + "; the last answer was " + last);
            }
            Thread.sleep(100);
        }
    }

    /** What became of a message, recorded; the status code in decimal where there is none. */
    String state(String client, String id) throws IOException, InterruptedException {
        Answer answer = get("/api/message?client=" + URLEncoder.encode(client, StandardCharsets.UTF_8) + "&id="
                + URLEncoder.encode(id, StandardCharsets.UTF_8));
        if (answer.status() != 200) {
            return String.valueOf(answer.status());
        }
        String state = answer.json().at("state").text();
        recorder.record(new Told("#" + client, id, state));
        return state;
    }

    Answer post(String path, String body) throws IOException, InterruptedException {
        return post(path, body, target.apiKey());
    }

    Answer post(String path, String body, @Nullable String key) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(target.base(), path, key)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return answer(request);
    }

    Answer get(String path) throws IOException, InterruptedException {
        return answer(request(target.base(), path, target.apiKey()).GET());
    }

    /** Asks the address of health and metrics. */
    Answer health(String path) throws IOException, InterruptedException {
        URI health = target.health();
        if (health == null) {
            throw new NotApplicableException("it needs " + Need.HEALTH.words());
        }
        return answer(request(health, path, null).GET());
    }

    /** What the server takes for the time, to the second; null if its answers do not say. */
    @Nullable
    Instant time() throws IOException, InterruptedException {
        HttpResponse<Void> response =
                http.send(request(target.base(), "/", null).GET().build(), HttpResponse.BodyHandlers.discarding());
        return response.headers()
                .firstValue("Date")
                .map(date -> Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)))
                .orElse(null);
    }

    static Answer plain(URI uri) throws IOException, InterruptedException {
        return answer(PLAIN, HttpRequest.newBuilder(uri).timeout(PATIENCE).GET());
    }

    private static HttpRequest.Builder request(URI base, String path, @Nullable String key) {
        String prefix = base.toString().replaceFirst("/$", "");
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(prefix + path)).timeout(PATIENCE);
        return key == null ? request : request.header("X-API-Key", key);
    }

    private Answer answer(HttpRequest.Builder request) throws IOException, InterruptedException {
        return answer(http, request);
    }

    private static Answer answer(HttpClient client, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body());
    }
}
