package io.holdfast.cli;

import io.holdfast.client.Json;
import io.holdfast.json.MalformedJsonException;
import io.holdfast.json.RawJson;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Where a command prints: results on standard output, everything else on standard error. One thread at a time. */
final class Screen {
    /** What terminals understand: to the upper left; the rest of the line, and a new one; the rest of the page. */
    private static final String HOME = "\033[H";

    private static final String END_OF_LINE = "\033[K\n";
    private static final String REST = "\033[J";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean json;
    private final boolean terminal;
    private boolean progress;
    private boolean drawn;

    Screen(Surroundings surroundings, boolean json) {
        this.out = surroundings.out();
        this.err = surroundings.err();
        this.json = json;
        this.terminal = surroundings.terminal();
    }

    boolean isJson() {
        return json;
    }

    /** A document: as it is, in one line, for scripts; as a table for people. */
    void document(String document) {
        try {
            if (json) {
                print(new String(RawJson.compact(document), StandardCharsets.UTF_8));
            } else {
                Table.document(Json.read(document)).forEach(this::print);
            }
        } catch (MalformedJsonException | IOException e) {
            throw Refusals.notJson();
        }
    }

    void lines(List<String> lines) {
        lines.forEach(this::print);
    }

    /** A line of the result. @return false if nobody reads any more */
    boolean print(String line) {
        clearProgress();
        out.println(Printable.of(line));
        return !out.checkError();
    }

    /** Lines that replace those before, on a terminal; elsewhere they follow them. @return false if nobody reads any more */
    boolean redraw(List<String> lines) {
        if (!terminal) {
            lines(lines);
            return !out.checkError();
        }
        clearProgress();
        StringBuilder page = new StringBuilder(drawn ? HOME : HOME + REST);
        drawn = true;
        lines.forEach(line -> page.append(Printable.of(line)).append(END_OF_LINE));
        out.print(page.append(REST));
        out.flush();
        return !out.checkError();
    }

    /** Something beside the result. */
    void note(String line) {
        clearProgress();
        if (json) {
            err.println(Printable.of(Json.object(notice -> notice.writeStringField("notice", line))));
        } else {
            err.println(Printable.of(line));
        }
    }

    /** How far it is, over what was said before; on a terminal only. */
    void progress(String line) {
        if (terminal && !json) {
            clearProgress();
            err.print(Printable.of(line));
            err.flush();
            progress = true;
        }
    }

    private void clearProgress() {
        if (progress) {
            err.print("\r\033[K");
            progress = false;
        }
    }

    void failure(Failure failure) {
        clearProgress();
        if (json) {
            err.println(Printable.of(Json.object(document -> {
                document.writeObjectFieldStart("error");
                document.writeStringField("code", failure.code());
                document.writeStringField("message", failure.message());
                document.writeStringField("advice", failure.advice());
                document.writeNumberField("exit", failure.exit().code());
                document.writeEndObject();
            })));
        } else {
            err.println(Printable.of("Error: " + failure.message() + "."));
            err.println(Printable.of(failure.advice()));
        }
    }
}
