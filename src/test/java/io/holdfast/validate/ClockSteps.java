package io.holdfast.validate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A server whose wall clock steps while it runs, by libfaketime, which reads the step from a file every second;
 * the monotonic clock is left alone, as a real step leaves it.
 *
 * <p>While the server runs, a step must expire nothing early and nothing late. At a start a step cannot be told from time
 * that has passed: what expired by the clock may be gone then, if the server says so.
 */
final class ClockSteps {
    /** The device is away for some 10 s and more; its outbox keeps 1000 messages. */
    private static final Duration SEND_PAUSE = Duration.ofMillis(20);

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int HOUR = 3_600;
    private static final int LONG_TTL = 1_200;

    /** Where distributions put the library; Linux only. */
    private static final List<Path> LIBRARIES = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib64/faketime/libfaketime.so.1"),
            Path.of("/usr/lib/faketime/libfaketime.so.1"),
            Path.of("/usr/local/lib/faketime/libfaketime.so.1"));

    private final Scope scope;
    private final Path step;
    private final Map<String, String> environment;
    private String away = Scope.fresh("away");
    private final List<String> waiting = new ArrayList<>();

    private ClockSteps(Scope scope, Path library, Path step) {
        this.scope = scope;
        this.step = step;
        this.environment = Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", step.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "DONT_FAKE_MONOTONIC", "1", // its name in older versions
                "FAKETIME_FORCE_MONOTONIC_FIX",
                        "0", // with it every timed wait of the JVM ends at once (seen in 0.9.10)
                "NO_FAKE_STAT", "1");
    }

    static void run(Scope scope) throws IOException, InterruptedException {
        Path library = LIBRARIES.stream()
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new NotApplicableException(
                        "libfaketime is not installed (Debian and Ubuntu: apt-get install faketime)"));
        Path step = Files.createTempFile("holdfast-validate", ".step");
        scope.opened(step, () -> step.toFile().delete());
        ClockSteps steps = new ClockSteps(scope, library, step);
        steps.write(0);
        scope.spawned().kill();
        boolean over = false;
        try {
            scope.spawned().start(steps.environment);
            steps.run();
            over = true;
        } finally {
            if (!over) {
                scope.spawned().kill();
                scope.spawned().start(Map.of());
            }
        }
    }

    private void run() throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("clock"));
        device.connect();
        Publisher publisher = new Publisher(scope, device.client(), SEND_PAUSE);
        waits(LONG_TTL);
        whileItRuns(HOUR);
        device.drop();
        whileItRuns(-HOUR);
        restarted(-HOUR);
        staysInTime();
        List<String> ids = publisher.stop(scope);
        device.awaitThroughFaults(device.outbox(), ids, PATIENCE);
        Device returned = scope.device(away);
        returned.awaitThroughFaults(returned.outbox(), waiting, PATIENCE);
        scope.delivered();

        afterAStartAhead();
        scope.delivered();
        scope.note(ids.size() + waiting.size() + " messages");
    }

    /** A message to who is away. */
    private void waits(int ttlSeconds) throws IOException, InterruptedException {
        String id = Scope.fresh("m");
        scope.api().send(away, id, "{\"n\":1}", ",\"ttl\":" + ttlSeconds);
        waiting.add(id);
    }

    private void whileItRuns(int seconds) throws IOException, InterruptedException {
        write(seconds);
        awaitClock(seconds);
        Thread.sleep(1_000); // for whatever looks at the clock every second, as the sweep of what has expired does
        staysInTime();
        waits(LONG_TTL);
    }

    private void restarted(int seconds) throws IOException, InterruptedException {
        scope.spawned().kill();
        scope.spawned().start(environment);
        awaitClock(seconds);
    }

    /** What waits is not expired, what is to expire does so in time, and a repetition is still known as one. */
    private void staysInTime() throws IOException, InterruptedException {
        for (String id : waiting) {
            scope.same(
                    "queued",
                    scope.api().state(away, id),
                    "with " + offset() + ", the state of a message with a" + " time to live of " + LONG_TTL
                            + " s, sent less than a minute ago,");
        }
        Api.Receipt again = scope.api().send(away, waiting.get(waiting.size() - 1), "{\"n\":1}");
        scope.check(again.duplicate(), "with " + offset() + ", a repetition is not called a duplicate");
        String other = Scope.fresh("away");
        String brief = Scope.fresh("m");
        scope.api().send(other, brief, "{\"n\":1}", ",\"ttl\":2");
        scope.until(
                "with " + offset() + ", a message with a time to live of 2 s is expired",
                scope.patience(),
                () -> scope.api().state(other, brief).equals("expired"));
    }

    /** All that has a time to live may be gone then, but not what has none, and not without a word. */
    private void afterAStartAhead() throws IOException, InterruptedException {
        String patient = Scope.fresh("away");
        String eternal = Scope.fresh("m");
        String mortal = Scope.fresh("m");
        scope.api().send(patient, eternal, "{\"n\":1}", ",\"ttl\":0");
        scope.api().send(patient, mortal, "{\"n\":1}", ",\"ttl\":" + LONG_TTL);
        write(HOUR);
        restarted(HOUR);
        String state = scope.api().state(patient, mortal);
        scope.check(
                state.equals("expired") || state.equals("queued"),
                "after a start an hour ahead, the state is " + state);
        scope.spawned().kill();
        scope.spawned().start(Map.of()); // with the true clock, which is an hour behind what is stored
        awaitClock(0);
        Device device = scope.device(patient);
        device.awaitThroughFaults(device.outbox(), List.of(eternal), PATIENCE);
        // What the state was before this start is no word about what comes after it.
        scope.until(
                "a message with a time to live of " + LONG_TTL + " s is expired or acknowledged",
                scope.patience(),
                () -> List.of("expired", "acknowledged").contains(scope.api().state(patient, mortal)));
        away = Scope.fresh("away");
        waiting.clear();
        waits(LONG_TTL);
        staysInTime();
        Device late = scope.device(away);
        late.awaitThroughFaults(late.outbox(), waiting, PATIENCE);
    }

    private void write(int seconds) throws IOException {
        // In one piece: the server may look at any moment.
        Path next = step.resolveSibling(step.getFileName() + ".next");
        Files.writeString(next, (seconds < 0 ? "" : "+") + seconds + "\n");
        Files.move(next, step, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private String offset() throws IOException {
        return "the clock " + Files.readString(step).strip() + " s off";
    }

    private void awaitClock(int seconds) throws IOException, InterruptedException {
        long end = System.nanoTime() + scope.patience().toNanos();
        while (true) {
            Instant told = scope.api().time();
            if (told == null) {
                throw new NotApplicableException("the server's answers have no Date, so its clock cannot be seen");
            }
            long off = Duration.between(Instant.now(), told).toSeconds();
            if (Math.abs(off - seconds) < 60) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new NotApplicableException(
                        "libfaketime does not move the server's clock: it is " + off + " s off instead of " + seconds);
            }
            Thread.sleep(100);
        }
    }
}
