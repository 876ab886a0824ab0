package io.holdfast.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A run of the command line in this process: how it ended, and what it printed. */
public record CliRun(int exit, String out, String err) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** What a run has around it; each method returns this. */
    public static final class Around {
        private final Map<String, String> environment = new HashMap<>();
        private String in = "";
        private @Nullable InputStream stream;
        private boolean terminal;

        public Around with(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        public Around reading(String text) {
            in = text;
            return this;
        }

        public Around reading(InputStream input) {
            stream = input;
            return this;
        }

        public Around onTerminal() {
            terminal = true;
            return this;
        }

        public CliRun run(String... arguments) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            int exit = HoldfastCli.run(
                    new Surroundings(
                            environment,
                            stream != null ? stream : new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                            new PrintStream(out, true, StandardCharsets.UTF_8),
                            new PrintStream(err, true, StandardCharsets.UTF_8),
                            terminal),
                    arguments);
            return new CliRun(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        }
    }

    public static Around around() {
        return new Around();
    }

    public static CliRun run(String... arguments) {
        return around().run(arguments);
    }

    public JsonNode json() {
        return json(out);
    }

    public JsonNode error() {
        return json(err).path("error");
    }

    private JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + this, e);
        }
    }
}
