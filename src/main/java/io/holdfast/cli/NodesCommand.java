package io.holdfast.cli;

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
        server.screen().document(server.api().get("/api/nodes"));
        return Exit.OK.code();
    }

    /** {@code nodes drain NUMBER}. */
    @Command(
            name = "drain",
            description =
                    "Shuts a node down in order, and waits until it is drained: give a --timeout that is longer than"
                            + " the window and the gateway's holdfast.drain.timeout. Role: admin.")
    static final class Drain implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Parameters(
                paramLabel = "NUMBER",
                arity = "0..1",
                description = "The node's number, as nodes lists it. Without it, the node that gets the call.")
        private @Nullable Long node;

        @Option(
                names = "--window",
                paramLabel = "SECONDS",
                description = "The time over which the connections are closed. The default is 10, the maximum 600.")
        private int window = 10;

        @Override
        public Integer call() {
            String which = node == null ? "" : "&node=" + node;
            server.screen().document(server.api().post("/api/drain?window=" + window + which, "{}"));
            return Exit.OK.code();
        }
    }
}
