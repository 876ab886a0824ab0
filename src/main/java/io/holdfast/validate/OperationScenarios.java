package io.holdfast.validate;

import io.holdfast.client.ApiClient;
import io.holdfast.client.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Health, metrics, and how long messages take. */
final class OperationScenarios {
    private static final String GROUP = "operation";
    private static final String REPORT = "/health/websocket";
    private static final int QUEUED = 20;
    private static final int BURST = 200;

    private OperationScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of(
                        GROUP,
                        "health",
                        "started, live, ready and the report answer 200",
                        OperationScenarios::health,
                        Need.HEALTH),
                Scenario.of(
                        GROUP,
                        "metrics",
                        "the metrics count a message that is sent",
                        OperationScenarios::metrics,
                        Need.HEALTH,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "queued-count",
                        "messages for a client that has never connected are counted as queued",
                        OperationScenarios::queuedCount,
                        Need.HEALTH,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "admin-burst",
                        "a burst of administrators' calls does not stop publishing",
                        OperationScenarios::adminBurst,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "latency",
                        "99 of 100 messages arrive within the limit",
                        OperationScenarios::latency,
                        Need.API_KEY));
    }

    private static void health(Scope scope) throws IOException, InterruptedException {
        for (String path : List.of("/health/started", "/health/live", "/health/ready", REPORT)) {
            ApiClient.Answer answer = scope.api().health(path);
            scope.same(200, answer.status(), "the status of " + path);
            scope.check(!answer.json().at("status").text().isEmpty(), path + " has no status");
        }
        // Where MicroProfile Health answers every path below /health, its own answer has a status too.
        scope.check(scope.api().health(REPORT).json().has("connections"), REPORT + " is not the gateway's report");
    }

    private static void metrics(Scope scope) throws IOException, InterruptedException {
        long before = sent(scope);
        String client = Scope.fresh("metrics");
        Device device = scope.device(client);
        device.connect();
        List<String> ids = scope.send(client, 2);
        scope.arrived(device, device.outbox(), ids);
        scope.until("the metrics count two more", scope.patience(), () -> sent(scope) >= before + 2);
        scope.check(!scope.api().health("/metrics").body().contains(client), "the metrics name a client");
    }

    private static long sent(Scope scope) throws IOException, InterruptedException {
        ApiClient.Answer answer = scope.api().health("/metrics");
        scope.same(200, answer.status(), "the status of /metrics");
        return answer.body()
                .lines()
                .filter(line -> line.startsWith("holdfast_messages_sent_total"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new NotHeldException("no holdfast_messages_sent_total in /metrics"));
    }

    private static void queuedCount(Scope scope) throws IOException, InterruptedException {
        long before = queued(scope);
        scope.send(Scope.fresh("nobody"), QUEUED);
        scope.until(
                "total_queued_messages has grown by " + QUEUED,
                scope.patience(),
                () -> queued(scope) >= before + QUEUED);
    }

    private static long queued(Scope scope) throws IOException, InterruptedException {
        ApiClient.Answer answer = scope.api().health(REPORT);
        boolean report = answer.status() == 200 || answer.status() == 503; // also of a gateway that is not healthy
        scope.check(report, "the status of " + REPORT + " is " + answer.status());
        return answer.json().at("connections", "total_queued_messages").number();
    }

    private static void adminBurst(Scope scope) throws IOException, InterruptedException {
        String channel = Scope.fresh("burst");
        List<String> others = new ArrayList<>();
        for (int i = 0; i < BURST; i++) {
            others.add(Scope.fresh("burst"));
            scope.publish(others.get(i), 1);
        }
        ExecutorService callers = Executors.newFixedThreadPool(BURST);
        scope.opened(callers, callers::shutdownNow);
        for (String call : List.of("history_remove", "unsubscribe", "disconnect")) {
            List<Future<ApiClient.Answer>> answers = new ArrayList<>();
            for (String other : others) {
                String body = "{\"channel\":" + Json.quoted(other) + ",\"user\":" + Json.quoted(other) + "}";
                answers.add(callers.submit(() -> scope.api().post("/api/" + call, body)));
            }
            while (!answers.stream().allMatch(Future::isDone)) {
                scope.publish(channel, 1);
            }
            for (Future<ApiClient.Answer> answer : answers) {
                answered(scope, call, answer);
            }
            scope.publish(channel, 5);
        }
    }

    /** It may be refused for the moment, but not fail. */
    private static void answered(Scope scope, String call, Future<ApiClient.Answer> future)
            throws InterruptedException {
        try {
            ApiClient.Answer answer = future.get();
            if (answer.status() == 403) {
                throw new NotApplicableException("the key is not an administrator's");
            }
            scope.check(
                    List.of(200, 429, 503).contains(answer.status()), call + " was answered with " + answer.status());
        } catch (ExecutionException e) {
            throw new NotHeldException(call + " failed: " + e.getCause());
        }
    }

    private static void latency(Scope scope) throws IOException, InterruptedException {
        String client = Scope.fresh("latency");
        Device device = scope.device(client);
        device.connect();
        long[] micros = new long[100];
        for (int i = 0; i < micros.length; i++) {
            String id = Scope.fresh("m");
            long start = System.nanoTime();
            scope.api().send(client, id, "{\"n\":" + i + "}");
            scope.arrived(device, device.outbox(), List.of(id));
            micros[i] = (System.nanoTime() - start) / 1_000;
        }
        Arrays.sort(micros);
        scope.note("from the request to the arrival, ms: p50 " + millis(micros[49]) + ", p90 " + millis(micros[89])
                + ", p99 " + millis(micros[98]) + ", max " + millis(micros[99]));
        long limit = scope.settings().latencyLimit().toMillis();
        scope.check(micros[98] <= limit * 1_000, "p99 is " + millis(micros[98]) + " ms, above " + limit + " ms");
        scope.delivered();
    }

    private static String millis(long micros) {
        return String.format(java.util.Locale.ROOT, "%.1f", micros / 1_000.0);
    }
}
