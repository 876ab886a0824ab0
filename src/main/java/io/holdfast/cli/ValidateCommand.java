package io.holdfast.cli;

import io.holdfast.validate.Format;
import io.holdfast.validate.Need;
import io.holdfast.validate.Report;
import io.holdfast.validate.Result;
import io.holdfast.validate.Scenario;
import io.holdfast.validate.Settings;
import io.holdfast.validate.Spawned;
import io.holdfast.validate.Suite;
import io.holdfast.validate.Target;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code validate}: runs the validation suite against a gateway and prints what holds. */
@Command(
        name = "validate",
        description = "Checks a running gateway from outside and reports what holds and what does not.",
        footer = {
            "",
            "The API key comes from --api-key-file or HOLDFAST_API_KEY, the secret of the tokens from",
            "HOLDFAST_TOKEN_HMAC_SECRET. Without a secret the gateway must be in insecure mode; the key is then dev.",
            "",
            "Exit code: 0 all held (or was skipped), 1 something did not, 2 wrong options, 3 the server cannot be reached."
        })
final class ValidateCommand implements Callable<Integer> {
    private static final int DID_NOT_HOLD = 1;
    private static final int UNREACHABLE = 3;
    private static final int DEFAULT_HEALTH_PORT = 8081;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "URL",
            description = "http(s)://host:port of the gateway, or of the proxy before it")
    private @Nullable URI url;

    @Option(names = "--health-url", description = "where health and metrics answer (default: the same host, port 8081)")
    private @Nullable URI healthUrl;

    @Option(names = "--api-key-file", description = "a file with the API key of a publisher or administrator")
    private @Nullable Path apiKeyFile;

    @Option(
            names = "--format",
            defaultValue = "both",
            description = "json, protobuf or both (default: ${DEFAULT-VALUE})")
    private String format = "both";

    @Option(names = "--seed", description = "of all choices; a report names the one that was used")
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
    private @Nullable URI readyUrl;

    @Option(names = "--log-file", description = "the server's log, if it can be read here")
    private @Nullable Path logFile;

    @Option(
            names = "--full-disk-path",
            paramLabel = "DIRECTORY",
            description = "a small file system (a tmpfs) with the server's data, which may be filled")
    private @Nullable Path fullDisk;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "how long anything may take that comes at once where all is well (default: ${DEFAULT-VALUE})")
    private long patienceSeconds;

    @Option(
            names = "--idle",
            paramLabel = "SECONDS",
            defaultValue = "90",
            description = "how long a connection must stay open without a message (default: ${DEFAULT-VALUE})")
    private long idleSeconds;

    @Option(
            names = "--latency-limit",
            paramLabel = "MILLIS",
            defaultValue = "1000",
            description = "most that 99 of 100 messages may take (default: ${DEFAULT-VALUE})")
    private long latencyMillis;

    @Option(names = "--json", description = "prints the report as JSON")
    private boolean json;

    @Option(names = "--junit", paramLabel = "FILE", description = "writes the report as JUnit XML too")
    private @Nullable Path junit;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Settings settings = settings();
        PrintWriter out = commandLine().commandLine().getOut();
        if (list) {
            Suite.all().forEach(scenario -> out.println(described(scenario)));
            out.flush();
            return 0;
        }
        Target target = target();
        URI ready = readyUrl == null ? health(target.base()).resolve("/health/ready") : readyUrl;
        if (spawnCommand == null) {
            return reachable(target.base()) ? run(target, settings, null, out) : UNREACHABLE;
        }
        Path log = logFile == null ? Files.createTempFile("holdfast-validate", ".log") : logFile;
        Spawned spawned;
        try {
            spawned = Spawned.start(spawnCommand, ready, log);
        } catch (IOException e) {
            complain("The server could not be started: " + e.getMessage());
            return UNREACHABLE;
        }
        Thread atExit = new Thread(spawned::close, "validate-end"); // also after Ctrl-C
        Runtime.getRuntime().addShutdownHook(atExit);
        try (spawned) {
            return run(target, settings, spawned, out);
        }
    }

    private int run(Target target, Settings settings, @Nullable Spawned spawned, PrintWriter out) throws IOException {
        List<Result> results = new Suite(target, settings, spawned).run(result -> {
            if (!json) {
                out.println(Report.line(result));
                out.flush();
            }
        });
        Report report = new Report(target.base().toString(), settings.seed(), results);
        out.print(json ? report.json() : report.text());
        out.flush();
        if (junit != null) {
            Files.writeString(junit, report.junit());
        }
        return report.holds() ? 0 : DID_NOT_HOLD;
    }

    private static String described(Scenario scenario) {
        String needs = scenario.needs().isEmpty()
                ? ""
                : "; needs "
                        + String.join(
                                ", ", scenario.needs().stream().map(Need::words).toList());
        return String.format(
                Locale.ROOT,
                "%-10s %-20s %s%s%s",
                scenario.group(),
                scenario.name(),
                scenario.claim(),
                scenario.shortForm() ? "" : " (long form)",
                needs);
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
            default -> throw wrong("--format: " + format + " is none of json, protobuf, both");
        };
        if (patienceSeconds < 1 || idleSeconds < 1 || latencyMillis < 1) {
            throw wrong("--patience, --idle and --latency-limit are at least 1");
        }
        if (logFile != null && spawnCommand == null && !Files.isReadable(logFile)) {
            throw wrong("--log-file: " + logFile + " cannot be read");
        }
        if (junit != null && !Files.isDirectory(junit.toAbsolutePath().resolveSibling(""))) {
            throw wrong("--junit: there is no directory for " + junit);
        }
        if (fullDisk != null && !Files.isDirectory(fullDisk)) {
            throw wrong("--full-disk-path: " + fullDisk + " is no directory");
        }
        return new Settings(
                formats,
                seed == null ? ThreadLocalRandom.current().nextInt(1_000_000_000) : seed,
                names,
                shortForm,
                chaos,
                Duration.ofSeconds(patienceSeconds),
                Duration.ofSeconds(idleSeconds),
                Duration.ofMillis(latencyMillis),
                logFile,
                fullDisk);
    }

    private Target target() {
        URI base = url;
        if (base == null) {
            throw wrong("the URL of the gateway is missing, for instance http://localhost:9080");
        }
        if (base.getHost() == null || !("http".equals(base.getScheme()) || "https".equals(base.getScheme()))) {
            throw wrong(base + " is no http(s)://host:port");
        }
        Map<String, String> environment = System.getenv();
        String secret = environment.get("HOLDFAST_TOKEN_HMAC_SECRET");
        String key = apiKey(environment.get("HOLDFAST_API_KEY"));
        boolean insecure = secret == null || secret.isEmpty();
        // Not asked for and not there, as behind a proxy: then what needs it is skipped.
        boolean known = healthUrl != null
                || spawnCommand != null
                || answers(health(base)).isEmpty();
        return new Target(
                base, known ? health(base) : null, key == null && insecure ? "dev" : key, insecure ? null : secret);
    }

    private @Nullable String apiKey(@Nullable String fromEnvironment) {
        if (apiKeyFile == null) {
            return fromEnvironment == null || fromEnvironment.isEmpty() ? null : fromEnvironment;
        }
        try {
            return Files.readString(apiKeyFile, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw wrong("--api-key-file: " + apiKeyFile + " cannot be read");
        }
    }

    private URI health(URI base) {
        return healthUrl == null ? URI.create("http://" + base.getHost() + ":" + DEFAULT_HEALTH_PORT) : healthUrl;
    }

    private boolean reachable(URI base) {
        String failure = answers(base);
        if (!failure.isEmpty()) {
            complain(base + " cannot be reached (" + failure + "): is the gateway running there?");
        }
        return failure.isEmpty();
    }

    /** Empty if somebody listens there, else why not. */
    private static String answers(URI base) {
        int port = base.getPort();
        int actual = port >= 0 ? port : "https".equals(base.getScheme()) ? 443 : 80;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(base.getHost(), actual), 5_000);
            return "";
        } catch (IOException e) {
            return "no connection: " + e.getMessage();
        }
    }

    private void complain(String sentence) {
        PrintWriter err = commandLine().commandLine().getErr();
        err.println(sentence);
        err.flush();
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
