package io.holdfast.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code watch}: the status, again and again. */
@Command(
        name = "watch",
        description =
                "Shows the status again and again, on a terminal in the same place. If the gateway does not answer,"
                        + " it says so and asks again. Ctrl-C ends it with exit code 0. Role: reader.")
final class WatchCommand implements Callable<Integer> {
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofHours(1);

    @Mixin
    private final Server server = new Server();

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            defaultValue = "2s",
            converter = Time.class,
            description = "How long to wait in between, from 100ms to 1h (${DEFAULT-VALUE}).")
    private Duration interval = Duration.ZERO;

    @Option(names = "--count", paramLabel = "N", description = "Ends after this many times.")
    private long count;

    @Override
    public Integer call() throws InterruptedException {
        if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
            throw Failure.usage("--interval must be from 100ms to 1h", "Give a time, such as 2s.");
        }
        if (count < 0) {
            throw Failure.usage("--count must be 0 or more", "Correct it.");
        }
        Screen screen = server.screen();
        OnInterrupt end = new OnInterrupt(Exit.OK::code);
        try {
            watch(new Sample.Source(server), screen);
        } finally {
            end.close();
        }
        return Exit.OK.code();
    }

    private void watch(Sample.Source source, Screen screen) throws InterruptedException {
        @Nullable Sample before = null;
        boolean isRead = true;
        for (long shown = 1; isRead; shown++) {
            try {
                Sample now = source.take();
                isRead = screen.isJson() ? screen.print(now.json()) : draw(screen, Summary.lines(before, now));
                before = now;
            } catch (Failure e) {
                if (before == null || e.exit() == Exit.NOT_ALLOWED) {
                    throw e;
                }
                if (screen.isJson()) {
                    screen.failure(e);
                } else {
                    isRead = draw(screen, List.of(e.message() + ".", e.advice()));
                }
            }
            if (shown == count) {
                return;
            }
            Thread.sleep(interval.toMillis());
        }
    }

    private static boolean draw(Screen screen, List<String> lines) {
        List<String> all = new ArrayList<>(lines);
        all.add("");
        all.add(Instant.now().truncatedTo(ChronoUnit.SECONDS) + "  Ctrl-C ends");
        return screen.redraw(all);
    }
}
