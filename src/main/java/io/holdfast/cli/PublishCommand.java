package io.holdfast.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code publish CHANNEL [JSON|-]}: to whoever is subscribed. */
@Command(name = "publish", description = "Publishes to a channel, and prints the position. Role: publisher.")
final class PublishCommand implements Callable<Integer> {
    @Mixin
    private final Server server = new Server();

    @Parameters(index = "0", paramLabel = "CHANNEL", description = "Where.")
    private String channel = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "JSON",
            description = "What: any JSON value. - or nothing: read it from standard input.")
    private @Nullable String payload;

    @Option(
            names = "--id",
            paramLabel = "ID",
            description =
                    "The message id: the same id is stored once. With --lines, the line's number is put behind it.")
    private @Nullable String id;

    @Option(names = "--tag", paramLabel = "NAME=VALUE", description = "A tag; may be repeated.")
    private final Map<String, String> tags = new LinkedHashMap<>();

    @Option(names = "--skip-history", description = "Stores nothing: only who is connected and keeps up gets it.")
    private boolean skipHistory;

    @Option(names = "--lines", description = "Publishes each line of standard input on its own, in order.")
    private boolean lines;

    @Override
    public Integer call() throws IOException {
        Screen screen = server.screen();
        if (lines) {
            Lines.requireNoPayload(payload);
            return new Lines(
                            "publish",
                            (json, data, number) -> fields(json, data, id == null ? null : id + "-" + number))
                    .submit(server.surroundings().in(), server.api(), screen);
        }
        String data = Input.payload(payload, server.surroundings());
        String answer = server.api().post("/api/publish", Json.object(json -> fields(json, data, id)));
        screen.document(Json.write(Json.map(Json.read(answer)).get("result")));
        return Exit.OK.code();
    }

    private void fields(JsonGenerator json, String data, @Nullable String messageId) throws IOException {
        json.writeStringField("channel", channel);
        if (messageId != null) {
            json.writeStringField("idempotency_key", messageId);
        }
        if (skipHistory) {
            json.writeBooleanField("skip_history", true);
        }
        Lines.tags(json, tags);
        json.writeFieldName("data");
        json.writeRawValue(data);
    }
}
