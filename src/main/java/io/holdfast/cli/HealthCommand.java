package io.holdfast.cli;

import io.holdfast.client.ApiClient;
import io.holdfast.client.Json;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code health}: the report, and 1 unless it says healthy. */
@Command(
        name = "health",
        description = "Shows the health report. The exit code is 1 unless the gateway is healthy. Needs no key.")
final class HealthCommand implements Callable<Integer> {
    static final String PATH = "/health/websocket";

    @Mixin
    private final Server server = new Server();

    @Override
    public Integer call() {
        ApiClient.Answer answer = server.health().ask(PATH);
        String status = report(answer).at("status").textOrNumber();
        if (status.isEmpty()) {
            throw new Failure(
                    Exit.NO,
                    "no_report",
                    "There is no health report at " + PATH + ", but an answer " + answer.status(),
                    "Give --health-url the address with the port for health (health.port, 8081), or wait until the"
                            + " gateway has started.");
        }
        server.screen().document(answer.body());
        return answer.status() == 200 ? Exit.OK.code() : Exit.NO.code();
    }

    private static Json report(ApiClient.Answer answer) {
        try {
            return answer.json();
        } catch (IOException e) {
            return Json.ABSENT;
        }
    }
}
