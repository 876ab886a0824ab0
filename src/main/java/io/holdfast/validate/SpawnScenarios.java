package io.holdfast.validate;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Faults of a server that the suite has started: it is killed, or it stands still. */
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
                spawn("sigstop", "the server is stopped for seconds", SpawnScenarios::sigstop));
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
}
