package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The load program: runs scenarios against a server from outside, prints a table, and ends with 1 if anything was wrong. */
public final class Load {
    private static final Map<String, Scenario> SCENARIOS =
            Map.of("fanout", new FanOut(), "direct", new Direct(), "return", new Return(), "idle", new Idle());

    private Load() {}

    public static void main(String[] arguments) throws IOException {
        System.exit(run(arguments));
    }

    /** @return 0 if all was right, 1 if anything was lost, doubled or reordered, 2 if the arguments are wrong */
    public static int run(String... arguments) throws IOException {
        Options options;
        List<Scenario> scenarios;
        try {
            options = Options.parse(arguments);
            scenarios = options.scenarios().stream().map(Load::named).toList();
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println();
            System.err.println(Options.USAGE);
            return 2;
        }
        if (scenarios.isEmpty()) {
            System.err.println(Options.USAGE);
            return 2;
        }
        List<Result> results = run(options, scenarios);
        return results.stream().allMatch(Result::isClean) ? 0 : 1;
    }

    /** Runs them one after the other and prints a row as each of them ends. */
    static List<Result> run(Options options, List<Scenario> scenarios) throws IOException {
        List<Result> results = new ArrayList<>();
        System.out.print(Report.head());
        for (Scenario scenario : scenarios) {
            try (Loop loop = new Loop(options.server())) {
                Result result = scenario.run(new Setup(options, loop));
                System.out.print(Report.row(result));
                results.add(result);
            }
        }
        if (!options.text("json").isEmpty()) {
            Files.writeString(Path.of(options.text("json")), Report.json(results));
        }
        return results;
    }

    static Scenario named(String name) {
        Scenario scenario = SCENARIOS.get(name);
        if (scenario == null) {
            throw new IllegalArgumentException("there is no scenario " + name);
        }
        return scenario;
    }
}
