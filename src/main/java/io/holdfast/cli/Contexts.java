package io.holdfast.cli;

import io.holdfast.client.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The servers that the user has named, each with the place of its key, in {@code holdfast/contexts.json} of the user's
 * configuration. The file has no key in it, and only its owner can read it.
 */
final class Contexts {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int KEY_COMMAND_SECONDS = 60;

    private final @Nullable Path file;
    private final SortedMap<String, Context> all = new TreeMap<>();
    private String current = "";

    /**
     * A server by name. What is not set is empty.
     *
     * @param apiKeyCommand a command for {@code sh}; the first line of its output is the key
     */
    record Context(String name, String url, String healthUrl, String apiKeyFile, String apiKeyCommand, String caFile) {
        /** Stands for no context. */
        static final Context NONE = new Context("", "", "", "", "", "");

        private static Context read(String name, Json json) {
            return new Context(
                    name,
                    json.at("url").text(),
                    json.at("health_url").text(),
                    json.at("api_key_file").text(),
                    json.at("api_key_command").text(),
                    json.at("ca_file").text());
        }

        private Map<String, String> fields() {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("url", url);
            fields.put("health_url", healthUrl);
            fields.put("api_key_file", apiKeyFile);
            fields.put("api_key_command", apiKeyCommand);
            fields.put("ca_file", caFile);
            fields.values().removeIf(String::isEmpty);
            return fields;
        }

        /** Its key; empty if it names none. */
        String key() {
            if (!apiKeyFile.isEmpty()) {
                return Input.secret(Path.of(apiKeyFile));
            }
            return apiKeyCommand.isEmpty() ? "" : printed();
        }

        private String printed() {
            try {
                Process process = new ProcessBuilder("sh", "-c", apiKeyCommand)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                process.getOutputStream().close(); // standard input is for what is sent
                if (!process.waitFor(KEY_COMMAND_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw noKey("has not ended within " + KEY_COMMAND_SECONDS + " s");
                }
                String line = process.inputReader(StandardCharsets.UTF_8).readLine();
                if (process.exitValue() != 0) {
                    throw noKey("has failed");
                } else if (line == null || line.isBlank()) {
                    throw noKey("has printed nothing");
                }
                return line.strip();
            } catch (IOException e) {
                throw noKey("cannot be started");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw noKey("was interrupted");
            }
        }

        private Failure noKey(String why) {
            return Failure.usage(
                    "The command that prints the API key of the context " + name + " " + why,
                    "Run it by hand, or give --api-key-file.");
        }
    }

    private Contexts(@Nullable Path file) {
        this.file = file;
    }

    static Contexts of(Surroundings surroundings) {
        Contexts contexts = new Contexts(file(surroundings));
        contexts.read();
        return contexts;
    }

    /** @return null if the user has no place for it */
    private static @Nullable Path file(Surroundings surroundings) {
        String configuration = surroundings.environment("XDG_CONFIG_HOME");
        String home = surroundings.environment("HOME");
        if (configuration.isEmpty() && home.isEmpty()) {
            return null;
        }
        Path directory = configuration.isEmpty() ? Path.of(home, ".config") : Path.of(configuration);
        return directory.resolve("holdfast").resolve("contexts.json");
    }

    private void read() {
        if (file == null || !Files.exists(file)) {
            return;
        }
        try {
            Json json = Json.read(Files.readString(file));
            current = json.at("current").text();
            json.at("contexts").fields().forEach((name, context) -> all.put(name, Context.read(name, context)));
        } catch (IOException e) {
            throw Failure.usage(
                    "The file " + file + " cannot be read as JSON",
                    "Correct it, or remove it and add the contexts again.");
        }
    }

    /** The name of the one that is used unless another is asked for; empty if there is none. */
    String current() {
        return current;
    }

    Collection<Context> all() {
        return all.values();
    }

    Context get(String name) {
        Context context = all.get(name);
        if (context == null) {
            throw Failure.usage(
                    "There is no context " + name,
                    all.isEmpty()
                            ? "Add it, with: holdfast contexts add " + name + " --url URL"
                            : "Use one of these: " + String.join(", ", all.keySet()) + ".");
        }
        return context;
    }

    void add(Context context) {
        if (!NAME.matcher(context.name()).matches()) {
            throw Failure.usage(
                    "The name of a context has up to 64 letters, digits, dots, dashes and underscores",
                    "It begins with a letter or digit, like prod or eu-1.");
        }
        if (all.putIfAbsent(context.name(), context) != null) {
            throw Failure.usage(
                    "There is a context " + context.name() + " already",
                    "Remove it first, with: holdfast contexts remove " + context.name());
        }
    }

    void remove(String name) {
        all.remove(get(name).name());
        current = current.equals(name) ? "" : current;
    }

    void use(String name) {
        current = get(name).name();
    }

    /** Writes the file anew, in one step. */
    void save() {
        if (file == null) {
            throw Failure.usage("There is no place for the file of contexts", "Set HOME or XDG_CONFIG_HOME.");
        }
        Map<String, Object> contexts = new LinkedHashMap<>();
        all.forEach((name, context) -> contexts.put(name, context.fields()));
        try {
            Path target = Files.exists(file) ? file.toRealPath() : file;
            Path directory = Files.createDirectories(target.toAbsolutePath().resolveSibling(""));
            Path written = Files.createTempFile(directory, "contexts", ".json"); // for its owner only
            Files.writeString(written, Json.of(Map.of("current", current, "contexts", contexts)) + "\n");
            Files.move(written, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Failure.usage("The file " + file + " cannot be written", "Check its path and permissions.");
        }
    }
}
