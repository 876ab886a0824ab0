package io.holdfast.validate;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Health, metrics, and how long messages take. */
final class OperationScenarios {
    private static final String GROUP = "operation";

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
                        "latency",
                        "99 of 100 messages come within the limit",
                        OperationScenarios::latency,
                        Need.API_KEY));
    }

    private static void health(Scope scope) throws IOException, InterruptedException {
        for (String path : List.of("/health/started", "/health/live", "/health/ready", "/health/websocket")) {
            Api.Answer answer = scope.api().health(path);
            scope.same(200, answer.status(), "the status of " + path);
            scope.check(!answer.json().at("status").text().isEmpty(), path + " says no status");
        }
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
        Api.Answer answer = scope.api().health("/metrics");
        scope.same(200, answer.status(), "the status of /metrics");
        return answer.body()
                .lines()
                .filter(line -> line.startsWith("holdfast_messages_sent_total"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new NotHeldException("no holdfast_messages_sent_total in /metrics"));
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
