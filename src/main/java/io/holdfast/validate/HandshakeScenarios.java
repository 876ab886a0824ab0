package io.holdfast.validate;

import io.holdfast.client.Frames;
import io.holdfast.client.Json;
import io.holdfast.client.WebSocket;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/** How a connection begins, and what its two formats have in common. */
final class HandshakeScenarios {
    private static final String GROUP = "handshake";

    private HandshakeScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of(
                        GROUP,
                        "upgrade",
                        "the endpoint answers with a WebSocket, and no other path does",
                        HandshakeScenarios::handshake),
                Scenario.of(
                        GROUP,
                        "foreign-origin",
                        "a page of another origin gets no handshake",
                        HandshakeScenarios::foreignOrigin),
                Scenario.of(
                        GROUP,
                        "connect-reply",
                        "the reply to connect has the connection, the ping interval and the position of the outbox",
                        HandshakeScenarios::connectReply),
                Scenario.of(
                        GROUP,
                        "split-message",
                        "a message may come in fragments, even byte by byte",
                        HandshakeScenarios::splitMessage),
                Scenario.of(
                        GROUP,
                        "other-format",
                        "a frame of the other format closes with 3506",
                        HandshakeScenarios::otherFormat),
                Scenario.of(
                        GROUP,
                        "both-formats",
                        "subscribers of JSON and of Protobuf get the same",
                        HandshakeScenarios::bothFormats,
                        Need.API_KEY));
    }

    private static int status(Scope scope, URI endpoint, String headers) throws IOException {
        WebSocket socket = WebSocket.open(endpoint, scope.target().trust(), headers, Conversation.PATIENCE);
        scope.opened(socket, socket::drop);
        return socket.status();
    }

    private static void handshake(Scope scope) throws IOException {
        URI endpoint = scope.target().endpoint(scope.format());
        scope.same(101, status(scope, endpoint, ""), "the status of the handshake");
        URI wrong = endpoint.resolve(endpoint.getRawPath() + "-not-here");
        int other = status(scope, wrong, "");
        scope.check(other >= 400, "the status of a handshake with " + wrong + " is " + other);
    }

    private static void foreignOrigin(Scope scope) throws IOException {
        URI endpoint = scope.target().endpoint(scope.format());
        for (String origin :
                List.of("https://foreign.invalid", "null", scope.target().base() + ".foreign.invalid")) {
            scope.same(403, status(scope, endpoint, "Origin: " + origin + "\r\n"), "the status for Origin " + origin);
        }
    }

    private static void connectReply(Scope scope) throws IOException, InterruptedException {
        String client = Scope.fresh("reply");
        Json reply = scope.line().command("connect", scope.target().identity(client, ""));
        scope.check(!reply.at("client").text().isEmpty(), "no id of the connection in " + reply);
        scope.check(reply.at("ping").number() > 0 && reply.at("pong").isTrue(), "no pings with pongs in " + reply);
        Json outbox = reply.at("subs", "#" + client);
        scope.check(!outbox.at("epoch").text().isEmpty(), "no outbox with an epoch in " + reply);
        scope.check(
                outbox.at("recoverable").isTrue() && outbox.at("positioned").isTrue(),
                "the outbox cannot be recovered: " + outbox);
    }

    private static void splitMessage(Scope scope) throws IOException, InterruptedException {
        Conversation line = scope.line();
        byte[] message = scope.format()
                .encode("{\"id\":1,\"connect\":{" + scope.target().identity(Scope.fresh("split"), "") + "}}");
        int cut = 1 + scope.random().nextInt(message.length - 2);
        byte[] first = java.util.Arrays.copyOf(message, cut);
        byte[] second = java.util.Arrays.copyOfRange(message, cut, message.length);
        int opcode = scope.format().binary() ? Frames.BINARY : Frames.TEXT;
        line.socket().frame(opcode, first);
        for (byte each : Frames.masked(Frames.FIN, second)) {
            line.socket().raw(new byte[] {each});
        }
        line.await("the reply to connect", reply -> reply.has("connect"), Conversation.PATIENCE);
    }

    private static void otherFormat(Scope scope) throws IOException, InterruptedException {
        Conversation line = scope.connectedLine();
        line.socket().send(!scope.format().binary(), "{\"id\":5,\"ping\":{}}".getBytes("US-ASCII"));
        scope.same(3506, line.awaitClose(scope.patience()).code(), "the close code");
    }

    private static void bothFormats(Scope scope) throws IOException, InterruptedException {
        String client = Scope.fresh("both");
        Device json = scope.device(Format.JSON, client);
        Device protobuf = scope.device(Format.PROTOBUF, client);
        json.connect();
        protobuf.connect();
        String id = Scope.fresh("m");
        String data = "{\"text\":\"\u00e4\ud83d\ude00\\n\\u0000\",\"number\":"
                + scope.random().nextInt() + ",\"list\":[true,null,{}]}";
        scope.api().send(client, id, data);
        scope.arrived(json, json.outbox(), List.of(id));
        scope.arrived(protobuf, protobuf.outbox(), List.of(id));
        scope.same(Json.read(data), json.payload(id), "the payload in JSON");
        scope.same(Json.read(data), protobuf.payload(id), "the payload in Protobuf");
    }
}
