package io.holdfast.cli;

import io.holdfast.client.Json;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code status}: what the server is and what it has counted. */
@Command(name = "status", description = "Shows which server it is, and its counters since the start. Role: reader.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private final Server server = new Server();

    @Override
    public Integer call() {
        Api api = server.api();
        Screen screen = server.screen();
        Json info = Refusals.answer(api.post("/api/info", "{}")).at("result");
        Json metrics = Refusals.answer(api.get("/api/metrics"));
        screen.document(Json.object(status -> {
            status.writeStringField("url", server.base().toString());
            status.writeFieldName("info");
            status.writeRawValue(info.toString());
            status.writeFieldName("metrics");
            status.writeRawValue((screen.isJson() ? metrics : brief(metrics)).toString());
        }));
        return Exit.OK.code();
    }

    /** Without the steps of histograms: too many lines for people. */
    private static Json brief(Json metrics) {
        if (!metrics.isObject()) {
            return metrics;
        }
        Map<String, Json> brief = metrics.fields();
        brief.remove("at_most");
        brief.replaceAll((name, value) -> brief(value));
        return Json.of(brief);
    }
}
