package io.holdfast.validate;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Faults of the machine that the server runs on: its memory, clock and disk. Not for a machine that has other work. */
public final class HostScenarios {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private HostScenarios() {}

    /** For a {@link Suite} with a server of its own. */
    public static List<Scenario> all() {
        return List.of(
                host(
                        "low-memory",
                        "nothing is lost, doubled or reordered when the heap has only 96 MB",
                        HostScenarios::lowMemory),
                host(
                        "clock-steps",
                        "nothing is lost, doubled or reordered when the clock steps an hour ahead, then an hour behind",
                        ClockSteps::run),
                host("full-disk", noRoom("writes to a full disk"), FullDisk::run),
                host("file-limit", noRoom("writes to files that may not grow"), FullDisk::limited));
    }

    private static String noRoom(String trouble) {
        return trouble + " make publishing fail; publishing continues when there is room; nothing is lost";
    }

    private static Scenario host(String name, String claim, Scenario.Script script) {
        return Scenario.of("host", name, claim, script, Need.CHAOS, Need.SPAWN, Need.API_KEY)
                .lasting(Duration.ofMinutes(12));
    }

    /** With messages before the restart and after it; then the server as it was. */
    private static void lowMemory(Scope scope) throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("restart"));
        device.connect();
        List<String> ids = new ArrayList<>(scope.send(device.client(), 20));
        device.drop();
        ids.addAll(scope.send(device.client(), 20));
        scope.spawned().kill();
        try {
            scope.spawned().start(Map.of("JVM_ARGS", "-Xmx96m"));
            Publisher publisher = new Publisher(scope, device.client());
            device.awaitThroughFaults(device.outbox(), ids, PATIENCE);
            Thread.sleep(3_000);
            ids.addAll(publisher.stop(scope));
            device.awaitThroughFaults(device.outbox(), ids, PATIENCE);
        } finally {
            scope.spawned().kill();
            scope.spawned().start(Map.of());
        }
        device.awaitThroughFaults(device.outbox(), ids, PATIENCE);
        scope.delivered();
        scope.note(ids.size() + " messages");
    }
}
