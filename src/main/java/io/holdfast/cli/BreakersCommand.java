package io.holdfast.cli;

import io.holdfast.client.ApiClient;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code breakers}: those of recipients, and their reset. */
@Command(
        name = "breakers",
        description = "Lists the breakers of recipients that have failed. Role: reader.",
        subcommands = BreakersCommand.Reset.class)
final class BreakersCommand implements Callable<Integer> {
    @Mixin
    private final Server server = new Server();

    @Option(names = "--client", paramLabel = "CLIENT", description = "Lists only the breakers of this client.")
    private @Nullable String client;

    @Option(
            names = "--after",
            paramLabel = "CLIENT",
            description = "Begins after this client. Take the value from next in the previous answer.")
    private @Nullable String after;

    @Option(
            names = "--limit",
            paramLabel = "NUMBER",
            description = "Lists at most this many breakers, but always all of the last client.")
    private @Nullable Integer limit;

    @Override
    public Integer call() {
        StringBuilder path = new StringBuilder("/api/breakers");
        add(path, "client", client);
        add(path, "after", after);
        add(path, "limit", limit == null ? null : limit.toString());
        server.screen().document(server.api().get(path.toString()));
        return Exit.OK.code();
    }

    private static void add(StringBuilder path, String name, @Nullable String value) {
        if (value != null) {
            path.append(path.indexOf("?") < 0 ? '?' : '&')
                    .append(name)
                    .append('=')
                    .append(ApiClient.encoded(value));
        }
    }

    /** {@code breakers reset CLIENT}. */
    @Command(name = "reset", description = "Closes the breakers of a client's devices at once. Role: admin.")
    static final class Reset implements Callable<Integer> {
        @Mixin
        private final Server server = new Server();

        @Parameters(paramLabel = "CLIENT", description = "The client.")
        private String client = "";

        @Override
        public Integer call() {
            server.screen()
                    .document(server.api().post("/api/breakers/reset?client=" + ApiClient.encoded(client), "{}"));
            return Exit.OK.code();
        }
    }
}
