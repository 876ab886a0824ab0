package io.holdfast.cli;

import io.holdfast.client.Json;
import java.time.Duration;
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

/** {@code nodes}: those that share the store, and the drain of one. */
@Command(
        name = "nodes",
        description = "Lists the nodes that share the store. Role: reader.",
        subcommands = NodesCommand.Drain.class)
final class NodesCommand implements Callable<Integer> {
    @Mixin
    private final Server server = new Server();

    @Override
    public Integer call() {
        String answer = server.api().get("/api/nodes");
        Screen screen = server.screen();
        screen.document(
                screen.isJson() ? answer : readable(Refusals.answer(answer)).toString());
        return Exit.OK.code();
    }

    /** The API has this one moment without {@code _at}. */
    private static Json readable(Json answer) {
        Map<String, Json> all = answer.fields();
        List<Json> nodes = new ArrayList<>();
        for (Json node : answer.at("nodes").items()) {
            Map<String, Json> fields = new LinkedHashMap<>();
            node.fields().forEach((name, value) -> fields.put(name.equals("since") ? "since_at" : name, value));
            nodes.add(Json.of(fields));
        }
        all.put("nodes", Json.of(nodes));
        return Json.of(all);
    }

    /** {@code nodes drain NUMBER}. */
    @Command(
            name = "drain",
            description =
                    "Shuts a node down in order, and waits until it is drained: for at least the window and ten minutes."
                            + " Role: admin.")
    static final class Drain implements Callable<Integer> {
        /** The longest holdfast.drain.timeout. */
        private static final Duration AFTER_THE_WINDOW = Duration.ofMinutes(10);

        @Mixin
        private final Server server = new Server();

        @Parameters(
                paramLabel = "NUMBER",
                arity = "0..1",
                description = "The node's number, as nodes lists it. Without it, the node that gets the call.")
        private @Nullable Long node;

        @Option(
                names = "--window",
                paramLabel = "TIME",
                defaultValue = "10s",
                converter = Time.class,
                description =
                        "The time over which the connections are closed, in whole seconds, at most 10m (${DEFAULT-VALUE}).")
        private Duration window = Duration.ZERO;

        @Override
        public Integer call() {
            if (window.getNano() != 0) {
                throw Failure.usage("--window must be whole seconds", "Give a time such as 10s or 2m.");
            }
            String which = node == null ? "" : "&node=" + node;
            Screen screen = server.screen();
            screen.progress("draining…");
            String answer = server.api(window.plus(AFTER_THE_WINDOW))
                    .post("/api/drain?window=" + window.toSeconds() + which, "{}");
            if (screen.isJson()) {
                screen.document(answer);
            } else {
                screen.print(sentence(Refusals.answer(answer)));
            }
            return Exit.OK.code();
        }

        private static String sentence(Json report) {
            long unwritten = report.at("unwritten").number();
            return "Drained in " + report.at("ms").number() / 1_000.0 + " s. Closed connections: "
                    + report.at("connections").number()
                    + (unwritten == 0
                            ? ""
                            : "; to " + unwritten
                                    + " of them not everything could be written, and they get it when they return");
        }
    }
}
