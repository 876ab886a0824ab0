package io.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The load program: runs scenarios against a server from outside and prints a table. */
public final class Load {
    private static final Map<String, Scenario> SCENARIOS = Map.of(
            "fanout", new FanOut(),
            "direct", new Direct(),
            "publish", new Publish(),
            "return", new Return(),
            "start", new Start(),
            "connect", new Connect(),
            "idle", new Idle());

    private Load() {}

    /**
     * Runs the scenarios one after the other and prints a row as each of them ends.
     *
     * @return false if anything was lost, doubled or reordered
     * @throws IllegalArgumentException if there is no such scenario, or an option does not suit it
     * @throws IllegalStateException if the server or a client does not do as it should
     */
    public static boolean run(Options options) throws IOException {
        List<Scenario> scenarios = options.scenarios.stream().map(Load::named).toList();
        List<Result> results = new ArrayList<>();
        System.out.print(Report.head());
        for (Scenario scenario : scenarios) {
            List<Result> series = new ArrayList<>();
            for (int i = 0; i < options.series; i++) {
                Result result = run(options, scenario);
                System.out.print(Report.row(result));
                series.add(result);
            }
            if (series.size() > 1) {
                System.out.print(Report.median(series));
            }
            results.addAll(series);
        }
        if (!options.json.isEmpty()) {
            Files.writeString(Path.of(options.json), Report.json(results));
        }
        return results.stream().allMatch(Result::isClean);
    }

    static Result run(Options options, Scenario scenario) throws IOException {
        try (Loop loop = new Loop(options.server())) {
            return scenario.run(new Setup(options, loop));
        }
    }

    static Scenario named(String name) {
        Scenario scenario = SCENARIOS.get(name);
        if (scenario == null) {
            throw new IllegalArgumentException("There is no scenario " + name);
        }
        return scenario;
    }
}
