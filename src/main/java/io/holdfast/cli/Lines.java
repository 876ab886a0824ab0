package io.holdfast.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.holdfast.client.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages from lines, some hundred in a batch, in order. A line that is refused is told with its number and stops
 * nothing; one that is not JSON stops before its batch is sent.
 */
final class Lines {
    private static final int BATCH_LINES = 500;
    private static final int BATCH_CHARACTERS = 1 << 20;

    private final String command;
    private final Body body;
    private final List<String> batch = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();
    private int characters;
    private long accepted;
    private long refused;

    /** Writes the fields of one call. */
    interface Body {
        /** @param number of the line, from 1 */
        void write(JsonGenerator json, String data, long number) throws IOException;
    }

    Lines(String command, Body body) {
        this.command = command;
        this.body = body;
    }

    static void requireNoPayload(@Nullable String payload) {
        if (payload != null && !payload.equals("-")) {
            throw Failure.usage("With --lines the messages come from standard input", "Leave the JSON out.");
        }
    }

    /** @return the exit code */
    int submit(InputStream in, Api api, Screen screen) throws IOException {
        try {
            read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder())), api, screen);
        } catch (CharacterCodingException e) {
            throw Failure.usage(
                    "Standard input is not UTF-8. Messages accepted before that: " + accepted + " lines before",
                    "Convert it, for instance with iconv.");
        }
        screen.document(Json.object(result -> {
            result.writeNumberField("accepted", accepted);
            result.writeNumberField("refused", refused);
        }));
        return refused == 0 ? Exit.OK.code() : Exit.NO.code();
    }

    private void read(BufferedReader reader, Api api, Screen screen) throws IOException {
        long number = 0;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            if (!line.isBlank()) {
                add(line, number);
            }
            if (batch.size() == BATCH_LINES || characters > BATCH_CHARACTERS) {
                flush(api, screen, number);
            }
        }
        flush(api, screen, number);
    }

    private void add(String line, long number) {
        String data;
        try {
            data = Input.payload(line);
        } catch (Failure e) {
            throw Failure.usage(
                    "Line " + number + " is not one JSON value. Messages sent before that: " + accepted + " before it",
                    "Correct the line and send the rest. With the same --id you can send all lines again: nothing is stored twice.");
        }
        String call = Json.object(outer -> {
            outer.writeObjectFieldStart(command);
            body.write(outer, data, number);
            outer.writeEndObject();
        });
        batch.add(call);
        characters += call.length();
        numbers.add(number);
    }

    private void flush(Api api, Screen screen, long number) {
        if (batch.isEmpty()) {
            return;
        }
        String answer;
        try {
            answer = api.submit("/api/batch", "{\"commands\":" + Json.array(batch) + "}");
        } catch (Failure e) {
            throw new Failure(
                    e.exit(),
                    e.code(),
                    e.message() + ". Messages accepted before that: " + accepted + " before line " + numbers.get(0),
                    e.advice());
        }
        List<Json> replies = Refusals.answer(answer).at("replies").items();
        for (int i = 0; i < batch.size(); i++) {
            count(i < replies.size() ? replies.get(i) : Json.ABSENT, numbers.get(i), screen);
        }
        batch.clear();
        numbers.clear();
        characters = 0;
        screen.progress(number + " lines");
    }

    private void count(Json reply, long number, Screen screen) {
        if (reply.has(command)) {
            accepted++;
            return;
        }
        refused++;
        String message = reply.at("error", "message").textOrNumber();
        screen.note("Line " + number + " is refused: " + (message.isEmpty() ? "there is no reply to it" : message));
    }
}
