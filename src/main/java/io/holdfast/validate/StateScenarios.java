package io.holdfast.validate;

import io.holdfast.client.Json;
import java.io.IOException;
import java.util.List;

/** What the API says of a message, and what confirms it. */
final class StateScenarios {
    private static final String GROUP = "states";
    private static final String EXPLICIT = ",\"acks\":\"explicit\",\"device\":\"d1\"";

    private StateScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of(
                        GROUP,
                        "message-states",
                        "a message is queued, then sent, and acknowledged after an ack",
                        StateScenarios::states,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "answered-ping",
                        "an answered ping confirms the messages before it",
                        StateScenarios::answeredPing,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "wrong-ack",
                        "an ack of another epoch, or above what was sent, confirms nothing",
                        StateScenarios::wrongAck,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "unknown-message",
                        "a message that nobody sent has no state",
                        StateScenarios::unknownMessage,
                        Need.API_KEY));
    }

    private static void becomes(Scope scope, String client, String id, String state)
            throws IOException, InterruptedException {
        scope.until(
                "the state is " + state,
                scope.patience(),
                () -> scope.api().state(client, id).equals(state));
    }

    private static String ack(Device device, String epoch, long offset) {
        return "\"method\":\"ack\",\"data\":{\"channel\":" + Json.quoted(device.outbox()) + ",\"epoch\":"
                + Json.quoted(epoch) + ",\"offset\":" + offset + "}";
    }

    private static void states(Scope scope) throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("states"), EXPLICIT);
        String id = Scope.fresh("m");
        Api.Receipt receipt = scope.api().send(device.client(), id, "{\"n\":1}");
        scope.same("queued", scope.api().state(device.client(), id), "the state before anybody has connected");
        device.connect();
        scope.arrived(device, device.outbox(), List.of(id));
        becomes(scope, device.client(), id, "sent");
        Json reply = device.line().command("rpc", ack(device, receipt.epoch(), receipt.offset()));
        scope.same(receipt.offset(), reply.at("data", "acked").number(), "what the ack is answered with");
        becomes(scope, device.client(), id, "acknowledged");
        device.reload();
        List<String> next = scope.send(device.client(), 1);
        device.connect();
        scope.arrived(device, device.outbox(), next);
        scope.delivered();
    }

    private static void answeredPing(Scope scope) throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("ping"));
        device.connect();
        List<String> ids = scope.send(device.client(), 3);
        scope.arrived(device, device.outbox(), ids);
        for (String id : ids) {
            becomes(scope, device.client(), id, "acknowledged");
        }
        scope.check(device.line().pings() > 0, "no ping came");
    }

    private static void wrongAck(Scope scope) throws IOException, InterruptedException {
        Device device = scope.device(Scope.fresh("ack"), EXPLICIT);
        device.connect();
        String id = Scope.fresh("m");
        Api.Receipt receipt = scope.api().send(device.client(), id, "{\"n\":1}");
        scope.arrived(device, device.outbox(), List.of(id));
        scope.same(
                107L,
                device.line().refused("rpc", ack(device, "another-life", receipt.offset())),
                "the error of an ack of another epoch");
        scope.same(
                107L,
                device.line().refused("rpc", ack(device, receipt.epoch(), receipt.offset() + 1)),
                "the error of an ack above what was sent");
        scope.same("sent", scope.api().state(device.client(), id), "the state");
    }

    private static void unknownMessage(Scope scope) throws IOException, InterruptedException {
        scope.same("404", scope.api().state(Scope.fresh("nobody"), Scope.fresh("m")), "the answer");
    }
}
