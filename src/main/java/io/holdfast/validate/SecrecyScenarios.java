package io.holdfast.validate;

import io.holdfast.client.Frames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What may not be told, and what one client may not do to the others. */
final class SecrecyScenarios {
    private static final String GROUP = "security";

    private SecrecyScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of(
                        GROUP,
                        "silent-errors",
                        "no error and no close reason contains a payload, a token or a key",
                        SecrecyScenarios::silentErrors),
                Scenario.of(
                        GROUP,
                        "silent-log",
                        "the server's log contains no payload, token or key",
                        SecrecyScenarios::silentLog,
                        Need.API_KEY,
                        Need.LOG),
                Scenario.of(
                        GROUP,
                        "flood",
                        "a client that floods the server with commands does not delay other clients",
                        SecrecyScenarios::flood,
                        Need.API_KEY),
                Scenario.of(
                        GROUP,
                        "half-requests",
                        "connections that never finish a request do not delay other clients",
                        SecrecyScenarios::halfRequests,
                        Need.API_KEY));
    }

    /** Does what is refused, with marks in it. @return all that was answered */
    private static List<String> provoke(Scope scope, String mark) throws IOException, InterruptedException {
        List<String> answers = new ArrayList<>();
        for (String body : List.of(
                "{\"client\":\"a\",\"data\":\"" + mark + "\",\"ttl\":-1}",
                "{\"client\":\"a\",\"data\":{\"secret\":\"" + mark + "\"",
                "{\"data\":\"" + mark + "\"}",
                "\"" + mark + "\"")) {
            answers.add(scope.api().post("/api/send", body).body());
            answers.add(scope.api().post("/api/publish", body).body());
            answers.add(scope.api().post("/api/send", body, mark).body());
        }
        Conversation refused = scope.line();
        try {
            Map<String, String> claims = Map.of("sub", mark);
            String token = Target.token("not-the-secret-but-as-long-as-one-must-be", claims, 600);
            answers.add(
                    refused.ask("connect", "\"token\":\"" + token + mark + "\"").toString());
        } catch (NotHeldException e) {
            answers.add(refused.awaitClose(scope.patience()).reason());
        }
        Conversation line = scope.connectedLine();
        answers.add(line.ask("rpc", "\"method\":\"publish\",\"data\":{\"data\":\"" + mark + "\"}")
                .toString());
        answers.add(
                line.ask("rpc", "\"method\":\"ack\",\"data\":\"" + mark + "\"").toString());
        line.socket().send(scope.format().binary(), (mark + "{").getBytes(StandardCharsets.UTF_8));
        answers.add(line.awaitClose(scope.patience()).reason());
        return answers;
    }

    private static void silentErrors(Scope scope) throws IOException, InterruptedException {
        String mark = Scope.fresh("secret");
        for (String answer : provoke(scope, mark)) {
            scope.check(!answer.contains(mark), "an error contains the payload: " + answer);
            String key = scope.target().apiKey();
            scope.check(key == null || key.length() < 8 || !answer.contains(key), "an error contains the API key");
        }
    }

    private static void silentLog(Scope scope) throws IOException, InterruptedException {
        String mark = Scope.fresh("secret");
        String client = Scope.fresh("log");
        provoke(scope, mark);
        Device device = scope.device(client);
        device.connect();
        String id = Scope.fresh("m");
        scope.api().send(client, id, "{\"secret\":\"" + mark + "\"}");
        scope.arrived(device, device.outbox(), List.of(id));
        device.drop();
        Thread.sleep(500);
        java.nio.file.Path file = scope.settings().logFile();
        String log = file == null ? scope.spawned().log() : Files.readString(file, StandardCharsets.UTF_8);
        scope.check(!log.isEmpty(), "the log is empty");
        scope.check(!log.contains(mark), "the log contains a payload, a token or a key of this run");
        for (String secret :
                new String[] {scope.target().apiKey(), scope.target().tokenSecret()}) {
            scope.check(secret == null || secret.length() < 8 || !log.contains(secret), "the log contains a secret");
        }
    }

    /** A message to somebody else comes within three seconds, five times. */
    private static void othersAreServed(Scope scope) throws IOException, InterruptedException {
        Device other = scope.device(Scope.fresh("other"));
        other.connect();
        for (int i = 0; i < 5; i++) {
            List<String> ids = scope.send(other.client(), 1);
            other.await(other.outbox(), ids, Duration.ofSeconds(3));
        }
    }

    private static void flood(Scope scope) throws IOException, InterruptedException {
        Conversation line = scope.connectedLine();
        try {
            for (int i = 0; i < 8_000 && line.isOpen(); i++) {
                line.tell("rpc", "\"method\":\"no-such-method\",\"data\":{}");
            }
        } catch (IOException e) {
            scope.note("the flood was cut off");
        }
        othersAreServed(scope);
        if (!line.isOpen()) {
            int code = line.awaitClose(Duration.ofSeconds(1)).code();
            scope.check(List.of(3013, 3008, 3501, 1006).contains(code), "the flood was closed with " + code);
        }
        scope.delivered();
    }

    private static void halfRequests(Scope scope) throws IOException, InterruptedException {
        for (int i = 0; i < 50; i++) {
            Conversation line = scope.line();
            byte[] frame = Frames.masked(Frames.FIN | Frames.TEXT, new byte[200]);
            line.socket().raw(java.util.Arrays.copyOf(frame, 1 + scope.random().nextInt(frame.length - 1)));
        }
        othersAreServed(scope);
        scope.delivered();
    }
}
