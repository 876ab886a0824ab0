package io.holdfast.validate;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** Faults of the server and its machine, which the suite has started itself. */
final class SpawnScenarios {
    private static final String GROUP = "spawn";
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** Where distributions put the library; Linux only. */
    private static final List<Path> FAKETIME = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib64/faketime/libfaketime.so.1"),
            Path.of("/usr/local/lib/faketime/libfaketime.so.1"));

    private SpawnScenarios() {}

    static List<Scenario> all() {
        return List.of(
                spawn("sigkill", "SIGKILL of the server under load", SpawnScenarios::sigkill),
                spawn("sigstop", "a server that stands still for seconds", SpawnScenarios::sigstop),
                spawn("low-memory", "a heap of 96 MB", scope -> restarted(scope, Map.of("JVM_ARGS", "-Xmx96m"))),
                spawn(
                        "clock-steps",
                        "a clock that stands an hour ahead, then an hour behind",
                        SpawnScenarios::clockSteps),
                Scenario.of(
                                GROUP,
                                "full-disk",
                                "a full disk makes publishing fail, and it goes on when there is room; nothing is lost",
                                SpawnScenarios::fullDisk,
                                Need.CHAOS,
                                Need.SPAWN,
                                Need.API_KEY,
                                Need.FULL_DISK)
                        .lasting(Duration.ofMinutes(5)));
    }

    private static Scenario spawn(String name, String trouble, Scenario.Script script) {
        return Scenario.of(
                        GROUP,
                        name,
                        "nothing is lost, doubled or reordered by " + trouble,
                        script,
                        Need.CHAOS,
                        Need.SPAWN,
                        Need.API_KEY)
                .lasting(Duration.ofMinutes(6));
    }

    /** A publisher that goes on until it is told to stop, with a thread of its own. */
    private static final class Publisher {
        private final List<String> ids = new ArrayList<>();
        private final AtomicBoolean stop = new AtomicBoolean();
        private volatile String failure = "";
        private final Thread thread;

        Publisher(Scope scope, String client) {
            thread = new Thread(() -> run(scope, client), "validate-publisher");
            thread.setDaemon(true);
            scope.opened(this, () -> stop.set(true));
            thread.start();
        }

        private void run(Scope scope, String client) {
            try {
                while (!stop.get()) {
                    String id = Scope.fresh("m");
                    scope.api().sendUntilAccepted(client, id, "{\"n\":1}", PATIENCE);
                    synchronized (ids) {
                        ids.add(id);
                    }
                    Thread.sleep(2);
                }
            } catch (IOException | NotHeldException e) {
                failure = e.toString();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** @return what was accepted */
        List<String> stop(Scope scope) throws InterruptedException {
            stop.set(true);
            thread.join(PATIENCE.toMillis());
            scope.check(failure.isEmpty(), "the publisher failed: " + failure);
            synchronized (ids) {
                return List.copyOf(ids);
            }
        }
    }

    private static void delivered(Scope scope, Device device, List<String> ids)
            throws IOException, InterruptedException {
        device.awaitThroughFaults(device.outbox(), ids, PATIENCE);
        scope.delivered();
        scope.note(ids.size() + " messages");
    }

    private static void sigkill(Scope scope) throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("kill"));
        device.connect();
        Publisher publisher = new Publisher(scope, device.client());
        for (int round = 0; round < 2; round++) {
            Thread.sleep(300 + scope.random().nextInt(700));
            scope.spawned().kill();
            scope.spawned().start(Map.of());
        }
        Thread.sleep(300);
        delivered(scope, device, publisher.stop(scope));
    }

    private static void sigstop(Scope scope) throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("stop"));
        device.connect();
        Publisher publisher = new Publisher(scope, device.client());
        Thread.sleep(300 + scope.random().nextInt(300));
        scope.spawned().signal("STOP");
        try {
            Thread.sleep(3_000 + scope.random().nextInt(2_000));
        } finally {
            scope.spawned().signal("CONT");
        }
        Thread.sleep(300);
        delivered(scope, device, publisher.stop(scope));
    }

    /** With messages before the restart and after it; then the server as it was. */
    private static void restarted(Scope scope, Map<String, String> environment)
            throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("restart"));
        device.connect();
        List<String> ids = new ArrayList<>(scope.send(device.client(), 20));
        device.drop();
        ids.addAll(scope.send(device.client(), 20));
        scope.spawned().kill();
        try {
            scope.spawned().start(environment);
            Publisher publisher = new Publisher(scope, device.client());
            device.awaitThroughFaults(device.outbox(), ids, PATIENCE);
            Thread.sleep(3_000);
            ids.addAll(publisher.stop(scope));
            device.awaitThroughFaults(device.outbox(), ids, PATIENCE);
        } finally {
            scope.spawned().kill();
            scope.spawned().start(Map.of());
        }
        delivered(scope, device, ids);
    }

    private static void clockSteps(Scope scope) throws IOException, InterruptedException {
        Path library = FAKETIME.stream()
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new NotApplicableException("libfaketime is not installed"));
        for (String step : List.of("+1h", "-1h")) {
            restarted(scope, Map.of("LD_PRELOAD", library.toString(), "FAKETIME", step, "DONT_FAKE_MONOTONIC", "1"));
        }
    }

    private static void fullDisk(Scope scope) throws IOException, InterruptedException {
        Path disk = scope.settings().fullDisk();
        if (disk == null || Files.getFileStore(disk).getTotalSpace() > 2L << 30) {
            throw new NotApplicableException(
                    "the file system of --full-disk-path has more than 2 GiB: it is not filled");
        }
        Device device = scope.device(Scope.fresh("disk"));
        device.connect();
        List<String> ids = new ArrayList<>(scope.send(device.client(), 10));
        Path filler = disk.resolve("holdfast-validate-filler");
        scope.opened(filler, () -> filler.toFile().delete());
        AtomicReference<String> stuck = new AtomicReference<>("");
        scope.until("publishing is refused with 503", Duration.ofSeconds(60), () -> {
            fill(filler); // each time: a server may give room back that it had reserved
            String id = Scope.fresh("m");
            int status = scope.api().trySend(device.client(), id, "{\"n\":1}").status();
            if (status == 200) {
                ids.add(id);
            }
            stuck.set(id);
            return status == 503;
        });
        Files.delete(filler);
        String refused = String.valueOf(stuck.get());
        scope.api().sendUntilAccepted(device.client(), refused, "{\"n\":1}", PATIENCE);
        ids.add(refused);
        ids.addAll(scope.send(device.client(), 10));
        delivered(scope, device, ids);
    }

    private static void fill(Path filler) throws IOException {
        byte[] block = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int size = block.length; size >= 512; size /= 2) {
                writeAll(out, block, size);
            }
        }
    }

    /** Writes until there is no room for as much. */
    private static void writeAll(OutputStream out, byte[] block, int size) {
        try {
            while (true) {
                out.write(block, 0, size);
            }
        } catch (IOException e) {
            // No room, which is what was wanted.
        }
    }
}
