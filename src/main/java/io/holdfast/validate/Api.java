package io.holdfast.validate;

import io.holdfast.client.ApiClient;
import io.holdfast.client.ApiClient.Answer;
import io.holdfast.client.Json;
import io.holdfast.validate.Event.Accepted;
import io.holdfast.validate.Event.Told;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server API, as a publisher calls it. Receipts and states go to the recorder. */
final class Api {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Recorder recorder;
    private final ApiClient client;
    private final @Nullable ApiClient health;

    Api(Target target, Recorder recorder) {
        URI healthBase = target.health();
        this.recorder = recorder;
        this.client = new ApiClient(target.base(), target.apiKey(), PATIENCE, target.trust());
        this.health = healthBase == null ? null : new ApiClient(healthBase, null, PATIENCE, target.trust());
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
    String state(String recipient, String id) throws IOException, InterruptedException {
        Answer answer = get("/api/message?client=" + ApiClient.encoded(recipient) + "&id=" + ApiClient.encoded(id));
        if (answer.status() != 200) {
            return String.valueOf(answer.status());
        }
        String state = answer.json().at("state").text();
        recorder.record(new Told("#" + recipient, id, state));
        return state;
    }

    Answer post(String path, String body) throws IOException, InterruptedException {
        return client.post(path, body);
    }

    Answer post(String path, String body, @Nullable String key) throws IOException, InterruptedException {
        return client.post(path, body, key);
    }

    Answer get(String path) throws IOException, InterruptedException {
        return client.get(path);
    }

    /** Asks the address of health and metrics. */
    Answer health(String path) throws IOException, InterruptedException {
        if (health == null) {
            throw new NotApplicableException("it needs " + Need.HEALTH.words());
        }
        return health.get(path);
    }

    /** What the server takes for the time, to the second; null if its answers do not say. */
    @Nullable
    Instant time() throws IOException, InterruptedException {
        String date = get("/").header("Date");
        return date.isEmpty() ? null : Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
    }
}
