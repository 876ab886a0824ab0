package io.holdfast.validate;

import io.holdfast.client.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What was missed comes when the client is back, or is said to be lost. */
final class RecoveryScenarios {
    private static final String GROUP = "recovery";

    /** More than an outbox keeps by default (1000). */
    private static final int TOO_MANY = 1_100;

    private RecoveryScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of(
                        GROUP,
                        "cut",
                        "a client whose connection is cut again and again gets everything once, in order",
                        RecoveryScenarios::cut,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "backlog",
                        "a client that connects for the first time gets all messages that wait for it",
                        RecoveryScenarios::backlog,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "channel-recovery",
                        "a subscriber that comes back to a channel gets the publications that it missed, once, in order",
                        RecoveryScenarios::channelRecovery,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "fresh-instance",
                        "a new instance continues after the messages that its predecessor confirmed",
                        RecoveryScenarios::freshInstance,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "fresh-unconfirmed",
                        "a new instance gets again the messages that its predecessor did not confirm",
                        RecoveryScenarios::freshUnconfirmed,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "other-epoch",
                        "a position of another epoch is answered with recovered: false and all messages that are left",
                        RecoveryScenarios::otherEpoch,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "overflow",
                        "messages dropped for newer ones have the state dropped, and the client is told recovered: false",
                        RecoveryScenarios::overflow,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "expiry",
                        "a message that is not fetched in time expires and is not delivered; the others are",
                        RecoveryScenarios::expiry,
                        Need.API_KEY));
    }

    private static void cut(Scope scope) throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("cut"));
        device.connect();
        List<String> ids = new ArrayList<>();
        for (int round = 0; round < 6; round++) {
            ids.addAll(scope.send(device.client(), 1 + scope.random().nextInt(8)));
            if (scope.random().nextBoolean()) {
                scope.arrived(device, device.outbox(), ids);
            }
            device.drop();
            ids.addAll(scope.send(device.client(), scope.random().nextInt(8)));
            Json outbox = device.connect();
            scope.check(outbox.at("recovered").isTrue(), "the server could not recover: " + outbox);
        }
        scope.arrived(device, device.outbox(), ids);
        scope.delivered();
    }

    private static void backlog(Scope scope) throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("backlog"));
        List<String> ids = scope.send(device.client(), 20 + scope.random().nextInt(20));
        Json outbox = device.connect();
        scope.same(0L, outbox.at("offset").number(), "the offset in the connect reply");
        List<String> later = scope.send(device.client(), 5);
        scope.arrived(device, device.outbox(), later);
        scope.arrived(device, device.outbox(), ids);
        scope.delivered();
    }

    private static void channelRecovery(Scope scope) throws IOException, InterruptedException {
        String channel = Scope.fresh("channel");
        Device device = scope.device(Scope.fresh("subscriber"));
        device.connect();
        device.subscribe(channel);
        List<String> ids = new ArrayList<>(scope.publish(channel, 3));
        scope.arrived(device, channel, ids);
        for (int round = 0; round < 3; round++) {
            device.drop();
            ids.addAll(scope.publish(channel, 1 + scope.random().nextInt(10)));
            device.connect();
        }
        ids.addAll(scope.publish(channel, 2));
        scope.arrived(device, channel, ids);
        scope.delivered();
    }

    private static void freshInstance(Scope scope) throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("fresh"));
        device.connect();
        List<String> ids = scope.send(device.client(), 5);
        scope.arrived(device, device.outbox(), ids);
        for (String id : ids) {
            scope.until(
                    "the messages are acknowledged",
                    scope.patience(),
                    () -> scope.api().state(device.client(), id).equals("acknowledged"));
        }
        device.reload();
        List<String> missed = scope.send(device.client(), 5);
        device.connect();
        scope.arrived(device, device.outbox(), missed);
        scope.same(Set.copyOf(missed), device.got(device.outbox()), "what the fresh instance got");
        scope.delivered();
    }

    private static void freshUnconfirmed(Scope scope) throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("fresh")).silent();
        device.connect();
        List<String> ids = scope.send(device.client(), 5);
        scope.arrived(device, device.outbox(), ids);
        device.reload();
        device.connect();
        scope.arrived(device, device.outbox(), ids);
        scope.delivered();
    }

    private static void otherEpoch(Scope scope) throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("epoch"));
        List<String> ids = scope.send(device.client(), 4);
        device.remember(device.outbox(), new Device.Position("another-life", 2));
        Json outbox = device.connect();
        scope.check(
                outbox.at("was_recovering").isTrue() && !outbox.at("recovered").isTrue(),
                "the loss is not told: " + outbox);
        scope.arrived(device, device.outbox(), ids);
        scope.delivered();
    }

    private static void overflow(Scope scope) throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("overflow"));
        device.connect();
        List<String> first = scope.send(device.client(), 1);
        scope.arrived(device, device.outbox(), first);
        device.drop();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < TOO_MANY; i++) {
            ids.add(Scope.fresh("m"));
        }
        scope.api().sendBatch(device.client(), ids, "{\"n\":1}");
        if (!scope.api().state(device.client(), ids.get(0)).equals("dropped")) {
            throw new NotApplicableException("an outbox of this server keeps more than " + TOO_MANY
                    + " messages, or refuses instead of dropping");
        }
        Json outbox = device.connect();
        scope.check(!outbox.at("recovered").isTrue(), "recovered is true although messages were dropped");
        List<String> kept = ids.subList(TOO_MANY - 100, TOO_MANY);
        scope.arrived(device, device.outbox(), kept);
        for (int i = 0; i < TOO_MANY - 100; i += 50) {
            boolean got = device.got(device.outbox()).contains(ids.get(i));
            String state = scope.api().state(device.client(), ids.get(i));
            scope.check(got || state.equals("dropped"), "the state of a message that did not come is " + state);
        }
        scope.delivered();
    }

    private static void expiry(Scope scope) throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("expiry"));
        device.connect();
        List<String> before = scope.send(device.client(), 1);
        scope.arrived(device, device.outbox(), before);
        device.drop();
        String shortLived = Scope.fresh("m");
        scope.api().send(device.client(), shortLived, "{\"n\":0}", ",\"ttl\":0.5");
        List<String> after = scope.send(device.client(), 2);
        scope.until(
                "the message is expired",
                Duration.ofSeconds(15),
                () -> scope.api().state(device.client(), shortLived).equals("expired"));
        Json outbox = device.connect();
        scope.check(outbox.at("recovered").isTrue(), "an expired message is reported as lost: " + outbox);
        scope.arrived(device, device.outbox(), after);
        scope.check(!device.got(device.outbox()).contains(shortLived), "the expired message was delivered");
        scope.delivered();
    }
}
