package io.holdfast.validate;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Faults of the server and its machine, which the suite has started itself. */
final class SpawnScenarios {
    private static final String GROUP = "spawn";
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private SpawnScenarios() {}

    static List<Scenario> all() {
        return List.of(
                spawn("sigkill", "the server is killed under load", SpawnScenarios::sigkill),
                Scenario.of(
                                GROUP,
                                "restart-duplicates",
                                "a repetition after SIGKILL and a restart is still a duplicate",
                                SpawnScenarios::duplicates,
                                Need.CHAOS,
                                Need.SPAWN,
                                Need.API_KEY)
                        .lasting(Duration.ofMinutes(12)),
                spawn("sigstop", "the server is stopped for seconds", SpawnScenarios::sigstop),
                spawn(
                        "low-memory",
                        "the heap has only 96 MB",
                        scope -> restarted(scope, Map.of("JVM_ARGS", "-Xmx96m"))),
                spawn("clock-steps", "the clock steps an hour ahead, then an hour behind", ClockSteps::run),
                room("full-disk", "writes to a full disk", FullDisk::run),
                room("file-limit", "writes to files that may not grow", FullDisk::limited));
    }

    private static Scenario room(String name, String trouble, Scenario.Script script) {
        return Scenario.of(
                        GROUP,
                        name,
                        trouble + " make publishing fail; publishing continues when there is room; nothing is lost",
                        script,
                        Need.CHAOS,
                        Need.SPAWN,
                        Need.API_KEY)
                .lasting(Duration.ofMinutes(12));
    }

    private static Scenario spawn(String name, String trouble, Scenario.Script script) {
        return Scenario.of(
                        GROUP,
                        name,
                        "nothing is lost, doubled or reordered when " + trouble,
                        script,
                        Need.CHAOS,
                        Need.SPAWN,
                        Need.API_KEY)
                .lasting(Duration.ofMinutes(12));
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

    private static void duplicates(Scope scope) throws IOException, InterruptedException {
        String client = Scope.fresh("again");
        String settled = Scope.fresh("m");
        Device device = scope.device(client);
        device.connect();
        long first = scope.api().send(client, settled, "{\"n\":1}").offset();
        scope.arrived(device, device.outbox(), List.of(settled));
        scope.until(
                "it is acknowledged",
                scope.patience(),
                () -> scope.api().state(client, settled).equals("acknowledged"));
        device.drop();
        String waiting = Scope.fresh("m");
        long second = scope.api().send(client, waiting, "{\"n\":2}").offset();
        Thread.sleep(scope.random().nextInt(2_000));
        scope.spawned().kill();
        scope.spawned().start(Map.of());
        for (String id : List.of(settled, waiting)) {
            Api.Receipt again = scope.api().send(client, id, "{\"n\":1}");
            scope.check(again.duplicate(), "the repetition of " + id + " is not called a duplicate");
            scope.same(id.equals(settled) ? first : second, again.offset(), "the offset of a repetition");
        }
        device.awaitThroughFaults(device.outbox(), List.of(waiting), PATIENCE);
        scope.delivered();
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
}
