package io.holdfast.cli;

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
        description = "Prints the publications of a channel, one per line: offset and payload, or with --json the whole"
                + " publication. It is a client over WebSocket: after a lost connection it reconnects and continues at its last position."
                + " Ctrl-C ends it with exit code 0.")
final class TailCommand implements Callable<Integer> {
    private static final int MOST_PAST = 1_000;

    @Mixin
    private final Server server = new Server();

    @Parameters(paramLabel = "CHANNEL", description = "The channel. Outboxes are not possible.")
    private String channel = "";

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description =
                    "The client's token. Other users of this machine can see it. The default is --token-file, or else HOLDFAST_TOKEN.")
    private @Nullable String token;

    @Option(names = "--token-file", paramLabel = "FILE", description = "A file that contains only the client's token.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--subscription-token-file",
            paramLabel = "FILE",
            description =
                    "A file with a subscription token for the channel. The default is HOLDFAST_SUBSCRIPTION_TOKEN.")
    private @Nullable Path subscriptionTokenFile;

    @Option(
            names = "--client",
            paramLabel = "NAME",
            defaultValue = "holdfast-cli",
            description = "In insecure mode, without a token: the name of the client to connect as (${DEFAULT-VALUE}).")
    private String client = "";

    @Option(names = "--count", paramLabel = "N", description = "Ends after this many publications.")
    private long count;

    @Option(names = "--last", paramLabel = "N", description = "Begins with up to N stored publications.")
    private int last;

    @Override
    public Integer call() throws InterruptedException {
        if (channel.startsWith("#")) {
            throw Failure.usage(
                    channel + " is an outbox, which belongs to its client",
                    "For the state of a message, use: message CLIENT ID. For the number of waiting messages, use: client CLIENT.");
        }
        if (count < 0 || last < 0 || last > MOST_PAST) {
            throw Failure.usage("--count must be 0 or more, --last from 0 to " + MOST_PAST, "Correct it.");
        }
        Screen screen = server.screen();
        Tail tail = new Tail(
                new Tail.Wish(
                        server.base(),
                        channel,
                        token(),
                        client,
                        secret(subscriptionTokenFile, "HOLDFAST_SUBSCRIPTION_TOKEN"),
                        count,
                        last,
                        server.limit(),
                        server.trust()),
                screen);
        OnInterrupt end = new OnInterrupt(this::end);
        try {
            screen.progress("waiting for publications to " + channel + ", Ctrl-C ends");
            tail.run();
        } finally {
            end.close();
        }
        return Exit.OK.code();
    }

    private int end() {
        server.surroundings().out().flush();
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
