package io.holdfast.validate;

import io.holdfast.validate.FaultProxy.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Faults of the network between client and gateway, made by the suite's own proxy. */
final class ChaosScenarios {
    private static final String GROUP = "chaos";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Connect data of one client's three tabs and two devices. */
    private static final List<String> TABS_AND_DEVICES =
            List.of("", "", "", ",\"device\":\"phone\"", ",\"device\":\"till\"");

    private ChaosScenarios() {}

    /** What is done to the connections in each round. */
    private interface Trouble {
        void make(FaultProxy proxy, Device device, Scope scope) throws IOException, InterruptedException;
    }

    static List<Scenario> all() {
        return List.of(
                chaos("cut-by-network", "connections end", Fault.NONE, (proxy, device, scope) -> proxy.cut()),
                chaos("reset-by-network", "connections are reset", Fault.NONE, (proxy, device, scope) -> proxy.reset()),
                chaos("stall", "the network stalls", Fault.NONE, (proxy, device, scope) -> {
                    proxy.set(Fault.STALL);
                    Thread.sleep(200 + scope.random().nextInt(800));
                    proxy.set(Fault.NONE);
                    if (scope.random().nextBoolean()) {
                        proxy.reset();
                    }
                }),
                chaos("half-open", "the network discards everything", Fault.NONE, (proxy, device, scope) -> {
                    proxy.set(Fault.HALF_OPEN);
                    Thread.sleep(200 + scope.random().nextInt(500));
                    // A swallowed part of a stream cannot go on: whoever notices silence gives the connection up.
                    device.drop();
                    proxy.reset();
                    proxy.set(Fault.NONE);
                }),
                chaos("split", "bytes arrive one by one", Fault.SPLIT, (proxy, device, scope) -> {}),
                chaos("slow-link", "the network carries 20 KB a second", Fault.SLOW, (proxy, device, scope) -> {}),
                chaos(
                        "late-bytes",
                        "bytes of an old connection arrive after the new one is open",
                        Fault.LATE,
                        (proxy, device, scope) -> {
                            if (device.isOpen()) {
                                device.line().tell("ping", "");
                            }
                            device.connect();
                        }));
    }

    private static Scenario chaos(String name, String trouble, Fault fault, Trouble each) {
        return Scenario.of(
                        GROUP,
                        name,
                        "nothing is lost, doubled or reordered when " + trouble,
                        scope -> run(scope, fault, each),
                        Need.CHAOS,
                        Need.API_KEY)
                .lasting(Duration.ofSeconds(180));
    }

    private static void run(Scope scope, Fault fault, Trouble trouble) throws IOException, InterruptedException {
        FaultProxy proxy = scope.proxy(fault);
        String client = Scope.fresh("chaos");
        String channel = Scope.fresh("chaos");
        List<Device> all = new ArrayList<>();
        for (String data : TABS_AND_DEVICES) {
            Device device = scope.device(client, data).through(proxy);
            device.connect();
            device.subscribe(channel);
            all.add(device);
        }
        List<String> ids = new ArrayList<>();
        List<String> published = new ArrayList<>();
        for (int round = 0; round < 8; round++) {
            Device device = all.get(scope.random().nextInt(all.size()));
            ids.addAll(scope.send(client, 1 + scope.random().nextInt(10)));
            published.addAll(scope.publish(channel, 1 + scope.random().nextInt(5)));
            trouble.make(proxy, device, scope);
            ids.addAll(scope.send(client, scope.random().nextInt(5)));
            if (scope.random().nextBoolean()) {
                device.awaitThroughFaults(device.outbox(), ids, PATIENCE);
            }
        }
        for (Device each : all) {
            each.awaitThroughFaults(each.outbox(), ids, PATIENCE);
            each.awaitThroughFaults(channel, published, PATIENCE);
        }
        scope.delivered();
    }
}
