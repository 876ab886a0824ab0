package io.holdfast.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code status}: what the server is and what it has counted. */
@Command(name = "status", description = "What the server is, and what it has counted since its start. Role: reader.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private final Server server = new Server();

    @Override
    public Integer call() throws IOException {
        Api api = server.api();
        String info = api.post("/api/info", "{}");
        String metrics = api.get("/api/metrics");
        server.screen().document(Json.object(status -> {
            status.writeStringField("url", server.base().toString());
            status.writeFieldName("info");
            status.writeRawValue(Json.write(Json.map(Json.read(info)).get("result")));
            status.writeFieldName("metrics");
            status.writeRawValue(metrics);
        }));
        return Exit.OK.code();
    }
}
