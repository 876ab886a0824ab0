package io.holdfast.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code status}: how the gateway is. */
@Command(
        name = "status",
        description =
                "Shows how the gateway is, with the rates of the next second; with --json all its counters as they"
                        + " are. The counters are those of the node that answers. Role: reader.")
final class StatusCommand implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofHours(1);

    @Mixin
    private final Server server = new Server();

    @Option(
            names = "--over",
            paramLabel = "TIME",
            defaultValue = "1s",
            converter = Time.class,
            description = "How long to measure the rates (${DEFAULT-VALUE}).")
    private Duration over = Duration.ZERO;

    @Override
    public Integer call() throws InterruptedException {
        if (over.isZero() || over.compareTo(LONGEST) > 0) {
            throw Failure.usage("--over must be above 0 and at most 1h", "Give a time, such as 10s.");
        }
        Sample.Source source = new Sample.Source(server);
        Screen screen = server.screen();
        Sample first = source.take();
        if (screen.isJson()) {
            screen.document(first.json());
            return Exit.OK.code();
        }
        screen.progress("measuring…");
        Thread.sleep(over.toMillis());
        screen.lines(Summary.lines(first, source.take()));
        return Exit.OK.code();
    }
}
