package io.holdfast.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.holdfast.client.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What {@code send} and {@code publish} have in common: the id, the tags, and lines as messages. */
final class Outgoing {
    static final String PAYLOAD =
            "The payload: any JSON value. With - or without a payload it is read from standard input.";

    @Option(
            names = "--id",
            paramLabel = "ID",
            description =
                    "The message id. A message with the same id is stored only once. With --lines, the line's number is added to it.")
    private @Nullable String id;

    @Option(names = "--tag", paramLabel = "NAME=VALUE", description = "A tag. The option may be repeated.")
    private final Map<String, String> tags = new LinkedHashMap<>();

    @Option(names = "--lines", description = "Each line of standard input is a message of its own, in order.")
    private boolean lines;

    @Option(
            names = "--stop-on-error",
            description = "With --lines: ends at the first line that is refused. Lines are then sent one by one.")
    private boolean stopOnError;

    /**
     * A call of the API.
     *
     * @param name the last part of its path, and its name in a batch
     * @param idField what it calls the message id
     * @param fields those that come before id, tags and payload
     */
    record Call(String name, String idField, Json.Fields fields) {}

    /** What becomes of the answer to a single one. */
    interface Result {
        void show(String answer, Screen screen);
    }

    /**
     * @param payload as it was given; null if it was not
     * @return the exit code
     */
    int submit(Server server, Call call, @Nullable String payload, Result result) throws IOException {
        Screen screen = server.screen();
        if (lines) {
            Lines.requireNoPayload(payload);
            return new Lines(
                            call.name(),
                            (json, data, number) -> write(json, call, id == null ? null : id + "-" + number, data),
                            stopOnError)
                    .submit(server.surroundings().in(), server.api(), screen);
        }
        if (stopOnError) {
            throw Failure.usage("--stop-on-error is for --lines", "Leave it out, or add --lines.");
        }
        String data = Input.payload(payload, server.surroundings());
        String request = Json.object(json -> write(json, call, id, data));
        result.show(server.api().submit("/api/" + call.name(), request), screen);
        return Exit.OK.code();
    }

    private void write(JsonGenerator json, Call call, @Nullable String messageId, String data) throws IOException {
        call.fields().write(json);
        if (messageId != null) {
            json.writeStringField(call.idField(), messageId);
        }
        if (!tags.isEmpty()) {
            json.writeObjectFieldStart("tags");
            for (Map.Entry<String, String> tag : tags.entrySet()) {
                json.writeStringField(tag.getKey(), tag.getValue());
            }
            json.writeEndObject();
        }
        json.writeFieldName("data");
        json.writeRawValue(data);
    }
}
