package io.holdfast.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code send CLIENT [JSON|-]}: into a client's outbox. */
@Command(
        name = "send",
        description = "Sends a message to a client, and prints the receipt: it is stored. Role: publisher.")
final class SendCommand implements Callable<Integer> {
    @Mixin
    private final Server server = new Server();

    @Parameters(index = "0", paramLabel = "CLIENT", description = "To whom.")
    private String client = "";

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

    @Option(names = "--ttl", paramLabel = "SECONDS", description = "How long it waits for the client; 0: for ever.")
    private @Nullable BigDecimal ttl;

    @Option(names = "--tag", paramLabel = "NAME=VALUE", description = "A tag; may be repeated.")
    private final Map<String, String> tags = new LinkedHashMap<>();

    @Option(
            names = "--dedup",
            paramLabel = "HOW",
            description = "What counts as a repetition: channel, id, content, none.")
    private @Nullable String dedup;

    @Option(names = "--not-critical", description = "Stores nothing: only who is connected and keeps up gets it.")
    private boolean notCritical;

    @Option(names = "--lines", description = "Sends each line of standard input as a message of its own, in order.")
    private boolean lines;

    @Override
    public Integer call() throws IOException {
        Screen screen = server.screen();
        if (lines) {
            Lines.requireNoPayload(payload);
            return new Lines("send", (json, data, number) -> fields(json, data, id == null ? null : id + "-" + number))
                    .submit(server.surroundings().in(), server.api(), screen);
        }
        String data = Input.payload(payload, server.surroundings());
        screen.document(server.api().post("/api/send", Json.object(json -> fields(json, data, id))));
        return Exit.OK.code();
    }

    private void fields(JsonGenerator json, String data, @Nullable String messageId) throws IOException {
        json.writeStringField("client", client);
        if (messageId != null) {
            json.writeStringField("id", messageId);
        }
        if (ttl != null) {
            json.writeNumberField("ttl", ttl);
        }
        if (dedup != null) {
            json.writeStringField("dedup", dedup);
        }
        if (notCritical) {
            json.writeBooleanField("critical", false);
        }
        Lines.tags(json, tags);
        json.writeFieldName("data");
        json.writeRawValue(data);
    }
}
