package io.holdfast.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
        Object info = Json.answer(api.post("/api/info", "{}")).get("result");
        Object metrics = Json.answer(api.get("/api/metrics"));
        screen.document(Json.object(status -> {
            status.writeStringField("url", server.base().toString());
            status.writeFieldName("info");
            status.writeRawValue(Json.write(info));
            status.writeFieldName("metrics");
            status.writeRawValue(Json.write(screen.isJson() ? metrics : brief(metrics)));
        }));
        return Exit.OK.code();
    }

    /** Without the steps of histograms: too many lines for people. */
    private static @Nullable Object brief(@Nullable Object metrics) {
        if (!(metrics instanceof Map<?, ?>)) {
            return metrics;
        }
        Map<String, @Nullable Object> brief = Json.map(metrics);
        brief.remove("at_most");
        brief.replaceAll((name, value) -> brief(value));
        return brief;
    }
}
