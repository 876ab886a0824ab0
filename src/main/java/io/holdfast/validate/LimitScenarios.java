package io.holdfast.validate;

import io.holdfast.client.ApiClient.Answer;
import io.holdfast.client.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is too much or makes no sense, and the codes that say so; pings. */
final class LimitScenarios {
    private static final String GROUP = "limits";
    private static final int MOST_FRAME = 64 * 1024;
    private static final int CROWD = 180;

    private LimitScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of(GROUP, "frame-limit", "a frame above 64 KiB closes with 1009", LimitScenarios::frameLimit),
                Scenario.of(
                        GROUP,
                        "malformed",
                        "a frame that is not a command closes with 3501",
                        LimitScenarios::malformed),
                Scenario.of(
                        GROUP,
                        "connect-first",
                        "a command before connect closes with 3501",
                        LimitScenarios::connectFirst),
                Scenario.of(
                        GROUP,
                        "refused-commands",
                        "a command that cannot be carried out gets its error code, and the connection stays open",
                        LimitScenarios::refusedCommands),
                Scenario.of(
                        GROUP,
                        "payload-limit",
                        "a payload above 60 KiB and a body that is not JSON are refused with 400",
                        LimitScenarios::payloadLimit,
                        Need.API_KEY),
                Scenario.of(
                                GROUP,
                                "large-presence",
                                "presence of a large channel is answered or refused, and the connection that asked stays open",
                                LimitScenarios::largePresence,
                                Need.API_KEY)
                        .lasting(Duration.ofSeconds(120)),
                Scenario.of(
                                GROUP,
                                "no-connect",
                                "a connection without a connect command is closed with 3502",
                                LimitScenarios::noConnect)
                        .lasting(Duration.ofSeconds(60)),
                Scenario.of(
                                GROUP,
                                "no-pong",
                                "a client that does not answer a ping is closed with 3012, and its messages stay",
                                LimitScenarios::noPong,
                                Need.API_KEY)
                        .lasting(Duration.ofSeconds(120)),
                Scenario.of(
                                GROUP,
                                "idle",
                                "a connection without messages stays open through the proxy's idle time-out",
                                LimitScenarios::idle,
                                Need.API_KEY)
                        .lasting(Duration.ofMinutes(30)));
    }

    private static void frameLimit(Scope scope) throws IOException, InterruptedException {
        Conversation line = scope.connectedLine();
        byte[] big = new byte[MOST_FRAME + 1];
        java.util.Arrays.fill(big, (byte) ' ');
        line.socket().send(scope.format().binary(), big);
        scope.same(1009, line.awaitClose(scope.patience()).code(), "the close code");
    }

    private static void malformed(Scope scope) throws IOException, InterruptedException {
        byte[] noise = new byte[1 + scope.random().nextInt(40)];
        scope.random().nextBytes(noise);
        noise[0] = (byte) 0xFF; // neither UTF-8 nor the length of a command that follows
        List<byte[]> frames = scope.format().binary()
                ? List.of(noise, new byte[] {5, 1}, new byte[] {2, 0x0b, 0x0c})
                : List.of(text("garbage"), text("{\"id\":5}"), text("[]"), text("{\"id\":\"x\",\"ping\":{}}"));
        for (byte[] frame : frames) {
            Conversation line = scope.connectedLine();
            line.socket().send(scope.format().binary(), frame);
            scope.same(3501, line.awaitClose(scope.patience()).code(), "the close code");
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void connectFirst(Scope scope) throws IOException, InterruptedException {
        Conversation line = scope.line();
        line.tell("subscribe", "\"channel\":\"early\"");
        scope.same(3501, line.awaitClose(scope.patience()).code(), "the close code");
    }

    private static void refusedCommands(Scope scope) throws IOException, InterruptedException {
        Conversation line = scope.connectedLine();
        scope.same(108L, line.refused("rpc", "\"method\":\"no-such-method\",\"data\":{}"), "the error of an rpc");
        scope.same(107L, line.refused("rpc", "\"method\":\"ack\",\"data\":{}"), "the error of an empty ack");
        scope.same(
                107L,
                line.refused("subscribe", "\"channel\":" + Json.quoted("x".repeat(256))),
                "the error of too long a channel");
        line.command("ping", "");
    }

    private static void payloadLimit(Scope scope) throws IOException, InterruptedException {
        String client = Json.quoted(Scope.fresh("limit"));
        String big = Json.quoted("x".repeat(61 * 1024));
        for (String body : List.of(
                "{\"client\":" + client + ",\"data\":" + big + "}",
                "{\"client\":" + client + "}",
                "{\"client\":" + client + ",\"data\":1,\"ttl\":-1}",
                "no json")) {
            int status = scope.api().post("/api/send", body).status();
            scope.same(400, status, "the status for " + body.substring(0, Math.min(60, body.length())));
        }
    }

    /** Together more than a send buffer of 1 MiB takes: the API gives each of them 8 KiB to show. */
    private static void largePresence(Scope scope) throws IOException, InterruptedException {
        String channel = Scope.fresh("crowd");
        List<Device> crowd = gather(scope, channel);
        Device asker = scope.device(Scope.fresh("asker"));
        asker.connect();
        asker.subscribe(channel);
        Conversation line = asker.line();
        String request = "\"channel\":" + Json.quoted(channel);
        long members = members(scope, line, request);
        scope.check(members >= CROWD, "the channel has only " + members + " members");
        for (int i = 0; i < 6; i++) {
            Json reply = line.ask("presence", request);
            long error = reply.at("error", "code").number();
            int shown = reply.at("presence", "presence").fields().size();
            scope.check(error == 0 || error == 106, "presence was refused: " + reply.at("error"));
            scope.check(error != 0 || shown >= CROWD, "presence shows only " + shown + " members");
        }
        line.command("ping", "");
        List<String> ids = scope.send(asker.client(), 1);
        scope.arrived(asker, asker.outbox(), ids);
        // Close frames of all at once, while each is told that the others leave, would hold the container's threads.
        crowd.forEach(Device::drop);
    }

    /** Connects a crowd and subscribes each of them to the channel, with 8 KB of info. */
    private static List<Device> gather(Scope scope, String channel) throws IOException, InterruptedException {
        List<Device> crowd = new ArrayList<>();
        String info = ",\"info\":{\"filler\":" + Json.quoted("x".repeat(8_000)) + "}}";
        for (int i = 0; i < CROWD; i++) {
            Device device = scope.device(Scope.fresh("crowd"));
            crowd.add(device);
            device.connect();
            String body = "{\"user\":" + Json.quoted(device.client()) + ",\"channel\":" + Json.quoted(channel) + info;
            Answer answer = scope.api().post("/api/subscribe", body);
            if (answer.status() == 403) {
                throw new NotApplicableException("the key is not an administrator's");
            }
            scope.check(
                    answer.status() == 200 && answer.json().has("result"),
                    "subscribe was answered with " + answer.status() + " " + answer.body());
        }
        return crowd;
    }

    private static long members(Scope scope, Conversation line, String request)
            throws IOException, InterruptedException {
        Json reply = line.ask("presence_stats", request);
        long error = reply.at("error", "code").number();
        if (error == 103 || error == 108) {
            throw new NotApplicableException("clients may not ask for presence here");
        }
        scope.check(error == 0, "presence_stats was refused: " + reply.at("error"));
        return reply.at("presence_stats", "num_clients").number();
    }

    private static void noConnect(Scope scope) throws IOException, InterruptedException {
        scope.same(3502, scope.line().awaitClose(Duration.ofSeconds(50)).code(), "the close code");
    }

    private static void noPong(Scope scope) throws IOException, InterruptedException {
        String client = Scope.fresh("mute");
        Device mute = scope.device(client).silent();
        mute.connect();
        List<String> ids = scope.send(client, 1);
        scope.arrived(mute, mute.outbox(), ids);
        scope.same(3012, mute.line().awaitClose(Duration.ofSeconds(100)).code(), "the close code");
        Device next = scope.device(client);
        next.connect();
        scope.arrived(next, next.outbox(), ids);
    }

    private static void idle(Scope scope) throws IOException, InterruptedException {
        String client = Scope.fresh("idle");
        Device device = scope.device(client);
        device.connect();
        long end = System.nanoTime() + scope.settings().idle().toNanos();
        while (System.nanoTime() < end) {
            scope.check(device.isOpen(), "the connection has ended without a message in between");
            Thread.sleep(100);
        }
        List<String> ids = scope.send(client, 1);
        scope.arrived(device, device.outbox(), ids);
        scope.check(device.line().pings() > 0, "no ping came");
        scope.note(
                device.line().pings() + " pings in " + scope.settings().idle().toSeconds() + " s");
    }
}
