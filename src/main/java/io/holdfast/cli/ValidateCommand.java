package io.holdfast.cli;

import io.holdfast.client.Json;
import io.holdfast.validate.Format;
import io.holdfast.validate.Report;
import io.holdfast.validate.Result;
import io.holdfast.validate.Scenario;
import io.holdfast.validate.Settings;
import io.holdfast.validate.Spawned;
import io.holdfast.validate.Suite;
import io.holdfast.validate.Target;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code validate}: runs the validation suite against a gateway and prints what holds. */
@Command(
        name = "validate",
        description = "Checks a running gateway from outside and reports which promises hold and which do not.",
        footer = {
            "",
            "The API key comes from --api-key-file or HOLDFAST_API_KEY. The secret of the tokens comes from",
            "HOLDFAST_TOKEN_HMAC_SECRET. Without a secret the gateway must be in insecure mode; the key is then dev.",
            "",
            "Exit code: 0 everything held (or was skipped), 1 something did not hold, 2 wrong options, 3 the server cannot be reached."
        })
final class ValidateCommand implements Callable<Integer> {

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final ValidateTarget gateway = new ValidateTarget();

    @Option(
            names = "--format",
            defaultValue = "both",
            description = "json, protobuf or both (default: ${DEFAULT-VALUE})")
    private String format = "both";

    @Option(names = "--seed", description = "seed of all random choices; the report names the seed of its run")
    private @Nullable Long seed;

    @Option(names = "--only", split = ",", paramLabel = "NAME", description = "scenarios or groups to run")
    private List<String> only = new ArrayList<>();

    @Option(names = "--list", description = "prints the scenarios and runs none")
    private boolean list;

    @Option(names = "--short", description = "leaves out the scenarios that take long")
    private boolean shortForm;

    @Option(names = "--chaos", description = "adds faults of the network, and of a server that the suite has started")
    private boolean chaos;

    @Option(
            names = "--spawn-command",
            paramLabel = "COMMAND",
            description = "starts the gateway: a shell command that runs in the foreground until it is killed")
    private @Nullable String spawnCommand;

    @Option(
            names = "--ready-url",
            description = "answers 200 when the spawned gateway is ready (default: /health/ready)")
    private @Nullable String readyUrl;

    @Option(names = "--log-file", description = "the server's log, if it can be read here")
    private @Nullable Path logFile;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Time.class,
            description = "how long to wait for anything that comes at once if all is well (default: ${DEFAULT-VALUE})")
    private Duration patience = Duration.ZERO;

    @Option(
            names = "--idle",
            paramLabel = "TIME",
            defaultValue = "90s",
            converter = Time.class,
            description = "how long a connection must stay open without a message (default: ${DEFAULT-VALUE})")
    private Duration idle = Duration.ZERO;

    @Option(
            names = "--latency-limit",
            paramLabel = "TIME",
            defaultValue = "1s",
            converter = Time.OrMillis.class,
            description =
                    "the longest time that 99 of 100 messages may take; without a unit it is milliseconds (default: ${DEFAULT-VALUE})")
    private Duration latencyLimit = Duration.ZERO;

    @Option(names = Output.JSON, description = "prints the report as JSON, in one line")
    private boolean json;

    @Option(names = "--junit", paramLabel = "FILE", description = "also writes the report as JUnit XML")
    private @Nullable Path junit;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Settings settings = settings();
        Screen screen = new Screen(Output.surroundings(commandLine()), json);
        if (list) {
            list(screen);
            return Exit.OK.code();
        }
        Target target = gateway.target(spawnCommand != null);
        URI ready = readyUrl == null
                ? gateway.health(target.base()).resolve("/health/ready")
                : gateway.server("--ready-url", readyUrl);
        if (spawnCommand == null) {
            ValidateTarget.requireReachable(target);
            return run(target, settings, null, screen);
        }
        Path log = logFile == null ? Files.createTempFile("holdfast-validate", ".log") : logFile;
        try (Spawned spawned = new Spawned(spawnCommand, ready, target.trust(), log)) {
            Runtime.getRuntime().addShutdownHook(new Thread(spawned::close, "validate-end")); // after Ctrl-C
            start(spawned);
            return run(target, settings, spawned, screen);
        }
    }

    private void list(Screen screen) {
        if (json) {
            screen.document(Json.array(Suite.all().stream().map(Scenario::json).toList()));
        } else {
            Suite.all().forEach(scenario -> screen.print(scenario.described()));
        }
    }

    private static void start(Spawned spawned) throws InterruptedException {
        try {
            spawned.start(Map.of());
        } catch (IOException e) {
            throw new Failure(
                    Exit.UNREACHABLE,
                    "not_started",
                    "The server could not be started: " + e.getMessage(),
                    "Check that --spawn-command starts the server by hand, and that --ready-url belongs to this server.");
        }
    }

    private int run(Target target, Settings settings, @Nullable Spawned spawned, Screen screen) {
        List<Result> results = new Suite(target, settings, spawned).run(result -> {
            if (!json) {
                screen.print(Report.line(result));
            }
        });
        Report report = new Report(target.base().toString(), settings.seed(), results);
        if (json) {
            screen.document(report.json());
        } else {
            report.text().lines().forEach(screen::print);
        }
        if (junit != null) {
            write(junit, report.junit());
        }
        return report.holds() ? Exit.OK.code() : Exit.NO.code();
    }

    private static void write(Path file, String report) {
        try {
            Files.writeString(file, report);
        } catch (IOException e) {
            throw Failure.usage("The report cannot be written to " + file, "Check its path and permissions.");
        }
    }

    private Settings settings() {
        Set<String> names = new LinkedHashSet<>(only);
        for (String name : names) {
            if (Suite.all().stream()
                    .noneMatch(each -> each.name().equals(name) || each.group().equals(name))) {
                throw wrong("--only: there is no scenario and no group called " + name + "; see --list");
            }
        }
        List<Format> formats = switch (format) {
            case "json" -> List.of(Format.JSON);
            case "protobuf" -> List.of(Format.PROTOBUF);
            case "both" -> List.of(Format.JSON, Format.PROTOBUF);
            default -> throw wrong("--format: " + format + " is not json, protobuf or both");
        };
        if (patience.toSeconds() < 1 || idle.toSeconds() < 1 || latencyLimit.toMillis() < 1) {
            throw wrong("--patience and --idle must be at least 1s, --latency-limit at least 1ms");
        }
        if (logFile != null && spawnCommand == null && !Files.isReadable(logFile)) {
            throw wrong("--log-file: " + logFile + " cannot be read");
        }
        if (junit != null && !Files.isDirectory(junit.toAbsolutePath().resolveSibling(""))) {
            throw wrong("--junit: there is no directory for " + junit);
        }
        return new Settings(
                formats,
                seed == null ? ThreadLocalRandom.current().nextInt(1_000_000_000) : seed,
                names,
                shortForm,
                chaos,
                patience,
                idle,
                latencyLimit,
                logFile);
    }

    private CommandSpec commandLine() {
        if (spec == null) {
            throw new IllegalStateException("picocli sets it");
        }
        return spec;
    }

    private ParameterException wrong(String sentence) {
        return new ParameterException(commandLine().commandLine(), sentence);
    }
}
