package io.holdfast.cli;

import io.holdfast.cli.Finding.Level;
import java.io.IOException;
import java.nio.file.Files;
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

/** {@code config}: what can be said of a configuration without starting it. */
@Command(
        name = "config",
        description = "Checks configurations.",
        subcommands = ConfigCommand.Check.class,
        synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand {

    /** {@code config check server.xml}. */
    @Command(
            name = "check",
            description =
                    "Tells unknown keys, values that stop the start, and what the gateway needs and does not find."
                            + " Ends with 1 if there are errors; warnings and notes do not count.",
            footer = {
                "",
                "Values come from server.xml and from the environment, as the server would see them: a property of the"
                        + " application, a variable's value, HOLDFAST_... in the environment (the key in capitals, every"
                        + " other character an underscore), a variable's default value. The environment is this"
                        + " program's unless --env-file names the server's."
            })
    static final class Check implements Callable<Integer> {
        @Mixin
        private final Output output = new Output();

        @Parameters(
                arity = "1..*",
                paramLabel = "FILE",
                description = "server.xml, and behind it what is put on top of it (configDropins/overrides, includes).")
        private final List<Path> files = new ArrayList<>();

        @Option(
                names = "--env-file",
                paramLabel = "FILE",
                description =
                        "The server's environment, a line NAME=value each (server.env), in the place of this one.")
        private @Nullable Path environmentFile;

        @Override
        public Integer call() {
            ServerXml xml = new ServerXml();
            files.forEach(xml::read);
            Map<String, String> environment =
                    environmentFile == null ? output.surroundings().environment() : environment(environmentFile);
            List<Finding> findings = new ConfigCheck(xml, environment).run();
            Screen screen = output.screen();
            if (screen.isJson()) {
                screen.document(json(findings));
            } else {
                findings.forEach(finding -> screen.print(line(finding)));
                screen.print(summary(findings));
            }
            return count(findings, Level.ERROR) == 0 ? Exit.OK.code() : Exit.NO.code();
        }

        private static Map<String, String> environment(Path file) {
            Map<String, String> environment = new LinkedHashMap<>();
            try {
                for (String line : Files.readAllLines(file)) {
                    int equals = line.indexOf('=');
                    if (equals > 0 && !line.startsWith("#")) {
                        environment.put(line.substring(0, equals).strip(), line.substring(equals + 1));
                    }
                }
            } catch (IOException e) {
                throw Failure.usage("The file " + file + " cannot be read", "Look at its path and permissions.");
            }
            return environment;
        }

        private static String line(Finding finding) {
            String where = finding.where().isEmpty() ? "" : finding.where() + ": ";
            String key = finding.key().isEmpty() ? "" : finding.key() + ": ";
            return where + finding.level().word() + ": " + key + finding.message();
        }

        private static String summary(List<Finding> findings) {
            return "errors: " + count(findings, Level.ERROR) + ", warnings: " + count(findings, Level.WARNING);
        }

        private static String json(List<Finding> findings) {
            return Json.object(result -> {
                result.writeNumberField("errors", count(findings, Level.ERROR));
                result.writeNumberField("warnings", count(findings, Level.WARNING));
                result.writeArrayFieldStart("findings");
                for (Finding finding : findings) {
                    result.writeStartObject();
                    result.writeStringField("level", finding.level().word());
                    result.writeStringField("where", finding.where());
                    result.writeStringField("key", finding.key());
                    result.writeStringField("message", finding.message());
                    result.writeEndObject();
                }
                result.writeEndArray();
            });
        }

        private static long count(List<Finding> findings, Level level) {
            return findings.stream().filter(finding -> finding.level() == level).count();
        }
    }
}
