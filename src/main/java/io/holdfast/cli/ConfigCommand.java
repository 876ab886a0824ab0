package io.holdfast.cli;

import io.holdfast.cli.ConfigCheck.Finding;
import io.holdfast.cli.ConfigFiles.Place;
import io.holdfast.client.ApiClient;
import io.holdfast.client.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code config}: what can be said of a configuration. */
@Command(
        name = "config",
        description = "Checks configurations.",
        subcommands = ConfigCommand.Check.class,
        synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand {
    @Command(
            name = "check",
            description = "Finds unknown keys, and values that are out of range or of a wrong form."
                    + " Exits with 1 if there are errors.",
            footer = "%nAlso reads the environment and, beside the first FILE: configDropins, server.env,"
                    + " bootstrap.properties, jvm.options. Does not read includes.")
    static final class Check implements Callable<Integer> {
        private static final String RUNNING = "running server";

        @Mixin
        private final Server server = new Server();

        @Parameters(arity = "1..*", paramLabel = "FILE", description = "server.xml, then files with later settings.")
        private final List<Path> files = new ArrayList<>();

        @Option(
                names = "--env-file",
                paramLabel = "FILE",
                description = "The server's environment, one NAME=value per line. Replaces that of this program.")
        private @Nullable Path environment;

        @Option(names = "--values", description = "Lists every key that is set, with its value and its place.")
        private boolean values;

        @Option(names = "--running", description = "Also asks the running server whether it is ready (--health-url).")
        private boolean running;

        @Override
        public Integer call() {
            ConfigFiles read =
                    new ConfigFiles(environment == null ? server.surroundings().environment() : Map.of());
            if (environment != null) {
                read.read(environment, Place.ENVIRONMENT);
            }
            read.readServer(files);
            ConfigCheck check = new ConfigCheck(read);
            List<Finding> findings = check.run();
            boolean bad = count(findings, "error") > 0;
            Exit answered = running ? checkRunning(findings) : Exit.OK;
            List<Finding> given = values ? check.values() : List.of();
            Screen screen = server.screen();
            if (screen.isJson()) {
                screen.document(Json.of(document(findings, given)).toString());
            } else {
                given.forEach(each -> screen.print(each.where() + ": " + each.key() + " = " + each.message()));
                findings.forEach(finding -> screen.print(line(finding)));
                screen.print("errors: " + count(findings, "error") + ", warnings: " + count(findings, "warning"));
            }
            return (bad ? Exit.NO : answered).code();
        }

        /** Adds what is wrong with the server. @return how the check ends if nothing else is wrong */
        private Exit checkRunning(List<Finding> findings) {
            Api health = server.health();
            try {
                ApiClient.Answer ready = health.ask("/health/ready");
                if (ready.status() == 200) {
                    return Exit.OK;
                }
                findings.add(new Finding("error", RUNNING, "", "not ready: " + ready.body()));
                return Exit.NO;
            } catch (Failure e) {
                findings.add(new Finding("error", RUNNING, "", e.message() + ". " + e.advice()));
                return e.exit();
            }
        }

        private static String line(Finding finding) {
            return Stream.of(finding.where(), finding.level(), finding.key(), finding.message())
                    .filter(part -> !part.isEmpty())
                    .collect(Collectors.joining(": "));
        }

        private static int count(List<Finding> findings, String level) {
            return Collections.frequency(findings.stream().map(Finding::level).toList(), level);
        }

        private static Map<String, Object> document(List<Finding> findings, List<Finding> given) {
            return new TreeMap<>(Map.of(
                    "errors", count(findings, "error"),
                    "warnings", count(findings, "warning"),
                    "values", fields(given, "value"),
                    "findings", fields(findings, "message")));
        }

        private static List<Map<String, String>> fields(List<Finding> findings, String text) {
            List<Map<String, String>> fields = new ArrayList<>();
            findings.forEach(each -> fields.add(new TreeMap<>(
                    Map.of("level", each.level(), "where", each.where(), "key", each.key(), text, each.message()))));
            return fields;
        }
    }
}
