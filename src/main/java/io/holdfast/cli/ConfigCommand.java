package io.holdfast.cli;

import io.holdfast.cli.ConfigCheck.Given;
import io.holdfast.cli.Finding.Level;
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
                        + " program's unless --env-file names the server's.",
                "",
                "What lies beside the first FILE counts as for Liberty: configDropins, server.env, bootstrap.properties,"
                        + " jvm.options. Includes are followed."
            })
    static final class Check implements Callable<Integer> {
        @Mixin
        private final Output output = new Output();

        @Parameters(
                arity = "1..*",
                paramLabel = "FILE",
                description = "server.xml, and behind it what else is put on top of it.")
        private final List<Path> files = new ArrayList<>();

        @Option(
                names = "--env-file",
                paramLabel = "FILE",
                description =
                        "The server's environment, a line NAME=value each (server.env), in the place of this one.")
        private @Nullable Path environmentFile;

        @Option(names = "--values", description = "Tells every key that is set, its value, and where that comes from.")
        private boolean values;

        @Override
        public Integer call() {
            ServerDirectory server = new ServerDirectory(files.get(0));
            ServerProcess process = new ServerProcess(
                    environmentFile == null ? output.surroundings().environment() : environment(environmentFile));
            process.read(server);
            ServerXml xml = new ServerXml(process.names(server));
            xml.readAll(server.config().resolve("configDropins/defaults"));
            xml.read(files.get(0));
            xml.readAll(server.config().resolve("configDropins/overrides"));
            files.forEach(xml::read);
            ConfigCheck check = new ConfigCheck(xml, process);
            List<Finding> findings = check.run();
            List<Given> given = values ? check.given() : List.of();
            Screen screen = output.screen();
            if (screen.isJson()) {
                screen.document(json(findings, given));
            } else {
                given.forEach(each -> screen.print(each.where() + ": " + each.key() + " = " + each.value()));
                findings.forEach(finding -> screen.print(line(finding)));
                screen.print(summary(findings));
            }
            return count(findings, Level.ERROR) == 0 ? Exit.OK.code() : Exit.NO.code();
        }

        private static Map<String, String> environment(Path file) {
            Map<String, String> environment = new LinkedHashMap<>();
            ServerProcess.assignments(file).forEach((name, sourced) -> environment.put(name, sourced.value()));
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

        private String json(List<Finding> findings, List<Given> given) {
            return Json.object(result -> {
                result.writeNumberField("errors", count(findings, Level.ERROR));
                result.writeNumberField("warnings", count(findings, Level.WARNING));
                if (values) {
                    result.writeArrayFieldStart("values");
                    for (Given each : given) {
                        result.writeStartObject();
                        result.writeStringField("key", each.key());
                        result.writeStringField("value", each.value());
                        result.writeStringField("where", each.where());
                        result.writeEndObject();
                    }
                    result.writeEndArray();
                }
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
