package io.holdfast.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.errorprone.annotations.concurrent.GuardedBy;
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
 * Messages from lines, some hundred in a batch, in order; fewer where no more lines have come yet. A line that is refused is
 * told with its number and stops nothing, unless that is wished; one that is not JSON stops before its batch is sent.
 *
 * <p><b>Threads.</b> One reads and sends. At an interrupt a second one waits until the batch under way is answered, says how far
 * it has come, and ends the process.
 */
final class Lines {
    private static final int BATCH_LINES = 500;
    private static final int BATCH_CHARACTERS = 1 << 20;

    private final String command;
    private final Body body;
    private final boolean stopOnError;
    private final List<String> batch = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();
    private int characters;

    private volatile boolean interrupted;

    @GuardedBy("this")
    private final LineTally tally;

    @GuardedBy("this")
    private boolean ended;

    /** Writes the fields of one call. */
    interface Body {
        /** @param number of the line, from 1 */
        void write(JsonGenerator json, String data, long number) throws IOException;
    }

    /** @param stopOnError ends with the first line that is refused: each line goes alone, so that none after it is sent */
    Lines(String command, Body body, boolean stopOnError) {
        this.command = command;
        this.body = body;
        this.stopOnError = stopOnError;
        this.tally = new LineTally(command);
    }

    static void requireNoPayload(@Nullable String payload) {
        if (payload != null && !payload.equals("-")) {
            throw Failure.usage("With --lines the messages come from standard input", "Leave the JSON out.");
        }
    }

    /** @return the exit code */
    int submit(InputStream in, Api api, Screen screen) throws IOException {
        OnInterrupt end = new OnInterrupt(() -> interrupt(screen));
        try {
            read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder())), api, screen);
        } catch (CharacterCodingException e) {
            throw Failure.usage("Standard input is not UTF-8", "Convert it, for instance with iconv.");
        } finally {
            end(screen);
            end.close();
        }
        return exit().code();
    }

    private int interrupt(Screen screen) {
        interrupted = true;
        end(screen);
        return Exit.INTERRUPTED.code();
    }

    /** Says once how far it has come, if anything was sent. */
    private synchronized void end(Screen screen) {
        if (!ended && interrupted) {
            screen.note("Interrupted: the lines after the last accepted one are not sent, or refused.");
        }
        if (!ended && tally.isStarted()) {
            screen.document(tally.json());
        }
        ended = true;
    }

    private synchronized Exit exit() {
        return tally.refused() == 0 ? Exit.OK : Exit.NO;
    }

    private void read(BufferedReader reader, Api api, Screen screen) throws IOException {
        int most = stopOnError ? 1 : BATCH_LINES;
        long number = 0;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            number++;
            if (!line.isBlank()) {
                add(line, number);
            }
            if (batch.size() == most || characters > BATCH_CHARACTERS || !reader.ready()) {
                flush(api, screen);
                screen.progress(number + " lines");
            }
            if (interrupted || (stopOnError && exit() != Exit.OK)) {
                return;
            }
        }
        flush(api, screen);
    }

    private void add(String line, long number) {
        String data;
        try {
            data = Input.payload(line);
        } catch (Failure e) {
            throw Failure.usage(
                    "Line " + number + " is not one JSON value",
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

    private synchronized void flush(Api api, Screen screen) {
        if (batch.isEmpty() || interrupted) {
            return;
        }
        String answer;
        try {
            answer = api.submit("/api/batch", "{\"commands\":" + Json.array(batch) + "}");
        } catch (Failure e) {
            String lines = numbers.size() == 1
                    ? "line " + numbers.get(0)
                    : "lines " + numbers.get(0) + " to " + numbers.get(numbers.size() - 1);
            throw new Failure(e.exit(), e.code(), e.message() + " (for " + lines + ")", e.advice());
        }
        List<Json> replies = Refusals.answer(answer).at("replies").items();
        for (int i = 0; i < batch.size(); i++) {
            String refusal = tally.count(i < replies.size() ? replies.get(i) : Json.ABSENT, numbers.get(i));
            if (!refusal.isEmpty()) {
                screen.note("Line " + numbers.get(i) + " is refused: " + refusal);
            }
        }
        batch.clear();
        numbers.clear();
        characters = 0;
    }
}
