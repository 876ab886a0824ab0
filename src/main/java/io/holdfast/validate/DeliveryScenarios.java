package io.holdfast.validate;

import io.holdfast.client.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Messages to clients that are there: order, repetitions, slow readers. */
final class DeliveryScenarios {
    private static final String GROUP = "delivery";

    private DeliveryScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of(
                        GROUP,
                        "ordering",
                        "a connected client gets every message once, in the order of the receipts",
                        DeliveryScenarios::ordering,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "channel",
                        "every subscriber of a channel gets every publication once, in order",
                        DeliveryScenarios::channel,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "deduplication",
                        "the same message id is stored and delivered once, with the receipt of the first",
                        DeliveryScenarios::deduplication,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "separation",
                        "clients do not get messages of other clients",
                        DeliveryScenarios::separation,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "one-frame",
                        "the commands of one frame are carried out in their order",
                        DeliveryScenarios::oneFrame),
                Scenario.of(
                        GROUP,
                        "replaced-device",
                        "of two connections of a named device, the newer one stays and the older one is closed with 4500",
                        DeliveryScenarios::replacedDevice,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "slow-consumer",
                        "a client that stops reading does not delay other clients, and loses nothing",
                        DeliveryScenarios::slowConsumer,
                        Need.API_KEY));
    }

    private static void ordering(Scope scope) throws IOException, InterruptedException {
        String client = Scope.fresh("order");
        Device device = scope.device(client);
        device.connect();
        List<String> ids = scope.send(client, 30 + scope.random().nextInt(20));
        scope.arrived(device, device.outbox(), ids);
        scope.delivered();
        scope.same(ids, new ArrayList<>(device.got(device.outbox())), "the order");
    }

    private static void channel(Scope scope) throws IOException, InterruptedException {
        String channel = Scope.fresh("channel");
        List<Device> devices = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Device device = scope.device(Scope.fresh("subscriber"));
            device.connect();
            device.subscribe(channel);
            devices.add(device);
        }
        List<String> ids = scope.publish(channel, 20);
        for (Device device : devices) {
            scope.arrived(device, channel, ids);
        }
        scope.delivered();
    }

    private static void deduplication(Scope scope) throws IOException, InterruptedException {
        String client = Scope.fresh("dedup");
        Device device = scope.device(client);
        device.connect();
        String id = Scope.fresh("m");
        Api.Receipt first = scope.api().send(client, id, "{\"n\":1}");
        scope.check(!first.duplicate(), "the first is called a duplicate");
        int times = 2 + scope.random().nextInt(3);
        for (int i = 0; i < times; i++) {
            Api.Receipt again = scope.api().send(client, id, "{\"n\":1}");
            scope.check(again.duplicate(), "a repetition is not called a duplicate");
            scope.same(first.offset(), again.offset(), "the offset of a repetition");
        }
        List<String> last = scope.send(client, 1);
        scope.arrived(device, device.outbox(), last);
        scope.delivered();
    }

    private static void separation(Scope scope) throws IOException, InterruptedException {
        Device one = scope.device(Scope.fresh("one"));
        Device two = scope.device(Scope.fresh("two"));
        one.connect();
        two.connect();
        List<String> toOne = scope.send(one.client(), 5);
        List<String> toTwo = scope.send(two.client(), 5);
        scope.arrived(one, one.outbox(), toOne);
        scope.arrived(two, two.outbox(), toTwo);
        scope.check(
                one.got(two.outbox()).isEmpty() && two.got(one.outbox()).isEmpty(),
                "a client got a message of the other one");
        scope.same(5, one.got(one.outbox()).size(), "the number of messages");
        scope.delivered();
    }

    /** With a history that has the publication before it, and an unsubscribe that has everything behind it. */
    private static void oneFrame(Scope scope) throws IOException, InterruptedException {
        for (int round = 0; round < 10; round++) {
            String client = Scope.fresh("frame");
            Conversation line = scope.line();
            line.command("connect", scope.target().identity(client, ""));
            String name = Scope.fresh("frame");
            String channel = "\"channel\":" + Json.quoted(name);
            line.sendTogether(List.of(
                    "{\"id\":101,\"subscribe\":{" + channel + scope.target().permission(client, name) + "}}",
                    "{\"id\":102,\"publish\":{" + channel + ",\"data\":{\"n\":1}}}",
                    "{\"id\":103,\"history\":{" + channel + ",\"limit\":10}}",
                    "{\"id\":104,\"unsubscribe\":{" + channel + "}}"));
            List<Long> order = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Json reply =
                        line.await("the replies", message -> message.at("id").number() > 100, scope.patience());
                long error = reply.at("error", "code").number();
                if (error == 103 || error == 108) {
                    throw new NotApplicableException("clients may not publish or read histories here");
                }
                scope.check(error == 0, "a command of the frame was refused: " + reply);
                order.add(reply.at("id").number());
                if (reply.has("history")) {
                    int found = reply.at("history", "publications").items().size();
                    scope.same(1, found, "the number of publications in the history");
                }
            }
            scope.same(List.of(101L, 102L, 103L, 104L), order, "the order of the replies");
        }
    }

    private static void replacedDevice(Scope scope) throws IOException, InterruptedException {
        String client = Scope.fresh("till");
        Device older = scope.device(client, ",\"device\":\"till-3\"");
        Device newer = scope.device(client, ",\"device\":\"till-3\"");
        older.connect();
        newer.connect();
        scope.same(4500, older.line().awaitClose(scope.patience()).code(), "the close code of the older");
        List<String> ids = scope.send(client, 3);
        scope.arrived(newer, newer.outbox(), ids);
    }

    /** Together more than the kernel's buffers and the gateway's send buffer (1 MiB) take. */
    private static void slowConsumer(Scope scope) throws IOException, InterruptedException {
        Device slow = scope.device(Scope.fresh("slow")).narrow();
        Device quick = scope.device(Scope.fresh("quick"));
        slow.connect();
        quick.connect();
        slow.line().socket().stall();
        String filler = Json.quoted("x".repeat(40_000));
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            String id = Scope.fresh("big");
            ids.add(id);
            scope.api().send(slow.client(), id, "{\"filler\":" + filler + "}");
            if (i % 15 == 0) {
                List<String> small = scope.send(quick.client(), 1);
                quick.await(quick.outbox(), small, Duration.ofSeconds(3));
            }
        }
        slow.line().socket().resume();
        scope.arrivedThroughFaults(slow, slow.outbox(), ids);
        scope.delivered();
    }
}
