package io.holdfast.cli;

import io.holdfast.cli.Contexts.Context;
import io.holdfast.client.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code contexts}: servers and keys by name. */
@Command(
        name = "contexts",
        description = "Lists the contexts: servers by name, each with the place of its key. Keys are never shown.",
        subcommands = {
            ContextsCommand.ListAll.class,
            ContextsCommand.Add.class,
            ContextsCommand.Use.class,
            ContextsCommand.Remove.class
        })
final class ContextsCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        return list(output);
    }

    private static int list(Output output) {
        Contexts contexts = Contexts.of(output.surroundings());
        Screen screen = output.screen();
        List<Map<String, Object>> shown = new ArrayList<>();
        for (Context context : contexts.all()) {
            boolean current = context.name().equals(contexts.current());
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("current", screen.isJson() ? current : current ? "*" : "");
            fields.put("name", context.name());
            fields.put("url", context.url());
            put(fields, "health_url", context.healthUrl());
            put(fields, "api_key", context.apiKeyCommand().isEmpty() ? context.apiKeyFile() : "(from a command)");
            put(fields, "ca_file", context.caFile());
            shown.add(fields);
        }
        screen.document(Json.of(shown).toString());
        return Exit.OK.code();
    }

    private static void put(Map<String, Object> fields, String name, String value) {
        if (!value.isEmpty()) {
            fields.put(name, value);
        }
    }

    /** {@code contexts list}. */
    @Command(name = "list", description = "Lists the contexts, as contexts alone does.")
    static final class ListAll implements Callable<Integer> {
        @Mixin
        private final Output output = new Output();

        @Override
        public Integer call() {
            return list(output);
        }
    }

    /** {@code contexts add NAME}. */
    @Command(name = "add", description = "Gives a server a name, and says where its API key is.")
    static final class Add implements Callable<Integer> {
        @Mixin
        private final Output output = new Output();

        @Parameters(paramLabel = "NAME", description = "The name of the context, such as prod.")
        private String name = "";

        @Option(names = "--url", paramLabel = "URL", required = true, description = "The URL of the gateway.")
        private String url = "";

        @Option(names = "--health-url", paramLabel = "URL", description = "The URL of the gateway's health report.")
        private @Nullable String healthUrl;

        @Option(names = "--api-key-file", paramLabel = "FILE", description = "A file that contains only the API key.")
        private @Nullable Path apiKeyFile;

        @Option(
                names = "--api-key-command",
                paramLabel = "COMMAND",
                description = "A shell command that prints the API key, such as: pass show holdfast/prod")
        private @Nullable String apiKeyCommand;

        @Option(names = "--ca-file", paramLabel = "FILE", description = "A file with certificates in PEM, for https.")
        private @Nullable Path caFile;

        @Option(names = "--use", description = "Also makes it the current context.")
        private boolean use;

        @Override
        public Integer call() {
            if (apiKeyFile != null && apiKeyCommand != null) {
                throw Failure.usage(
                        "--api-key-file and --api-key-command both say where the key is", "Leave one of them out.");
            }
            Server.url(url, "--url");
            if (healthUrl != null) {
                Server.url(healthUrl, "--health-url");
            }
            if (apiKeyFile != null) {
                Input.secret(apiKeyFile); // so that a wrong path is told now
            }
            Server.trust(caFile);
            Contexts contexts = Contexts.of(output.surroundings());
            contexts.add(new Context(
                    name,
                    url,
                    healthUrl == null ? "" : healthUrl,
                    absolute(apiKeyFile),
                    apiKeyCommand == null ? "" : apiKeyCommand,
                    absolute(caFile)));
            if (use) {
                contexts.use(name);
            }
            contexts.save();
            return list(output);
        }

        private static String absolute(@Nullable Path file) {
            return file == null ? "" : file.toAbsolutePath().normalize().toString();
        }
    }

    /** {@code contexts use NAME}. */
    @Command(name = "use", description = "Makes a context the current one, which commands use by default.")
    static final class Use implements Callable<Integer> {
        @Mixin
        private final Output output = new Output();

        @Parameters(paramLabel = "NAME", description = "The name of the context.")
        private String name = "";

        @Override
        public Integer call() {
            Contexts contexts = Contexts.of(output.surroundings());
            contexts.use(name);
            contexts.save();
            return list(output);
        }
    }

    /** {@code contexts remove NAME}. */
    @Command(name = "remove", description = "Forgets a context. A file with its key stays.")
    static final class Remove implements Callable<Integer> {
        @Mixin
        private final Output output = new Output();

        @Parameters(paramLabel = "NAME", description = "The name of the context.")
        private String name = "";

        @Override
        public Integer call() {
            Contexts contexts = Contexts.of(output.surroundings());
            contexts.remove(name);
            contexts.save();
            return list(output);
        }
    }
}
