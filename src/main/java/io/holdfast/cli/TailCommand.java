package io.holdfast.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tail CHANNEL}: what is published, as it comes. */
@Command(
        name = "tail",
        description = "Prints what is published to a channel, a line each: offset and payload, with --json the whole"
                + " publication. As a client, over WebSocket: comes back after a lost connection and goes on where it was."
                + " Ctrl-C ends it with 0.")
final class TailCommand implements Callable<Integer> {
    private static final int MOST_PAST = 1_000;

    @Mixin
    private final Server server = new Server();

    @Parameters(paramLabel = "CHANNEL", description = "Which; not an outbox.")
    private String channel = "";

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description =
                    "The client's token; others on this machine can see it. Else --token-file, else HOLDFAST_TOKEN.")
    private @Nullable String token;

    @Option(names = "--token-file", paramLabel = "FILE", description = "Has the client's token and nothing else.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--subscription-token-file",
            paramLabel = "FILE",
            description = "Has a token for the channel. Else HOLDFAST_SUBSCRIPTION_TOKEN.")
    private @Nullable Path subscriptionTokenFile;

    @Option(
            names = "--client",
            paramLabel = "NAME",
            defaultValue = "holdfast-cli",
            description = "Without a token, in insecure mode: as whom to connect (${DEFAULT-VALUE}).")
    private String client = "";

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many publications.")
    private long count;

    @Option(names = "--last", paramLabel = "N", description = "Begins with up to N of those that were there before.")
    private int last;

    @Override
    public Integer call() throws InterruptedException {
        if (channel.startsWith("#")) {
            throw Failure.usage(
                    channel + " is an outbox, which belongs to its client",
                    "Ask what became of a message: message CLIENT ID. Or how many wait: client CLIENT.");
        }
        if (count < 0 || last < 0 || last > MOST_PAST) {
            throw Failure.usage("--count must be 0 or more, --last from 0 to " + MOST_PAST, "Correct it.");
        }
        Screen screen = server.screen();
        URI base = server.base();
        Tail tail = new Tail(
                new Tail.Wish(
                        URI.create(base.toString().replaceFirst("^http", "ws") + "/connection/websocket"),
                        channel,
                        token(),
                        client,
                        secret(subscriptionTokenFile, "HOLDFAST_SUBSCRIPTION_TOKEN"),
                        count,
                        last,
                        server.limit(),
                        server.trust()),
                screen);
        Thread interrupted = new Thread(() -> {
            server.surroundings().out().flush();
            Runtime.getRuntime().halt(Exit.OK.code());
        });
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            screen.progress("waiting for publications to " + channel + ", Ctrl-C ends");
            tail.run();
        } finally {
            Runtime.getRuntime().removeShutdownHook(interrupted);
        }
        return Exit.OK.code();
    }

    private String token() {
        return token != null ? token : secret(tokenFile, "HOLDFAST_TOKEN");
    }

    private String secret(@Nullable Path file, String variable) {
        return file != null
                ? Input.secret(file)
                : server.surroundings().environment(variable).strip();
    }
}
