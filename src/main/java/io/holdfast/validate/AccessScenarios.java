package io.holdfast.validate;

import io.holdfast.client.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** Who is let in, to what. */
final class AccessScenarios {
    private static final String GROUP = "access";
    private static final long YEAR_9999 = 253_402_300_799L;

    private AccessScenarios() {}

    static List<Scenario> all() {
        return List.of(
                Scenario.of(
                        GROUP,
                        "token",
                        "a valid token connects its client, and the reply says when it expires",
                        AccessScenarios::goodToken,
                        Need.TOKEN_SECRET),
                Scenario.of(
                        GROUP,
                        "expired-token",
                        "an expired token gets error 109",
                        AccessScenarios::expiredToken,
                        Need.TOKEN_SECRET),
                Scenario.of(
                        GROUP,
                        "far-expiry",
                        "tokens that expire in the year 9999 are accepted, and the connection stays open",
                        AccessScenarios::farExpiry,
                        Need.TOKEN_SECRET),
                Scenario.of(
                        GROUP,
                        "expired-refresh",
                        "after a refresh with an expired token, SDKs reconnect or subscribe again",
                        AccessScenarios::expiredRefresh,
                        Need.TOKEN_SECRET),
                Scenario.of(
                        GROUP,
                        "forged-token",
                        "a forged, unsigned or malformed token, or no token, is refused",
                        AccessScenarios::forgedToken,
                        Need.TOKEN_SECRET),
                Scenario.of(
                        GROUP,
                        "foreign-outbox",
                        "a client cannot subscribe to the outbox of another client",
                        AccessScenarios::foreignOutbox),
                Scenario.of(
                        GROUP,
                        "foreign-publish",
                        "a client cannot publish to the outbox of another client",
                        AccessScenarios::foreignPublish,
                        Need.TOKEN_SECRET),
                Scenario.of(
                        GROUP,
                        "api-key",
                        "the API answers 401 without a key and with a wrong one",
                        AccessScenarios::apiKey));
    }

    private static void goodToken(Scope scope) throws IOException, InterruptedException {
        String client = Scope.fresh("token");
        Json reply = scope.line().command("connect", scope.target().identity(client, ""));
        scope.check(reply.at("subs").has("#" + client), "the connected client is not the token's client: " + reply);
        long ttl = reply.at("ttl").number();
        long life = Target.LIFE_SECONDS;
        scope.check(
                reply.at("expires").isTrue() && ttl > life - 100 && ttl <= life, "the reply has no expiry: " + reply);
    }

    private static void expiredToken(Scope scope) throws IOException, InterruptedException {
        String token = scope.target().token(Map.of("sub", Scope.fresh("late")), -3_600);
        scope.same(109L, scope.line().refused("connect", "\"token\":\"" + token + "\""), "the error");
    }

    private static void farExpiry(Scope scope) throws IOException, InterruptedException {
        String client = Scope.fresh("far");
        String channel = Scope.fresh("far");
        Conversation line = scope.line();
        String connect = scope.target().tokenUntil(Map.of("sub", client), YEAR_9999);
        scope.check(
                inSeconds(line.command("connect", "\"token\":\"" + connect + "\"")),
                "the token's lifetime is out of range");
        String subscribe = scope.target().tokenUntil(Map.of("sub", client, "channel", channel), YEAR_9999);
        String request = "\"channel\":" + Json.quoted(channel) + ",\"token\":\"" + subscribe + "\"";
        scope.check(inSeconds(line.command("subscribe", request)), "the lifetime of a subscription is out of range");
        scope.check(inSeconds(line.command("sub_refresh", request)), "the lifetime after a refresh is out of range");
        line.command("refresh", "\"token\":\"" + connect + "\"");
        line.command("ping", "");
    }

    /** Whether the {@code ttl} fits the 32 bits that it has on the wire. */
    private static boolean inSeconds(Json result) {
        long ttl = result.at("ttl").number();
        return ttl >= 0 && ttl <= Integer.MAX_VALUE;
    }

    /** Error 109 would be the end for stock SDKs, which take it as final there. */
    private static void expiredRefresh(Scope scope) throws IOException, InterruptedException {
        String client = Scope.fresh("late");
        String channel = Scope.fresh("late");
        String expired = scope.target().token(Map.of("sub", client), -3_600);
        Conversation line = scope.line();
        line.command("connect", scope.target().identity(client, ""));
        line.tell("refresh", "\"token\":\"" + expired + "\"");
        comesBack(scope, line, 3005);
        Conversation other = scope.line();
        other.command("connect", scope.target().identity(client, ""));
        other.command(
                "subscribe",
                "\"channel\":" + Json.quoted(channel) + scope.target().permission(client, channel));
        String late = scope.target().token(Map.of("sub", client, "channel", channel), -3_600);
        other.tell("sub_refresh", "\"channel\":" + Json.quoted(channel) + ",\"token\":\"" + late + "\"");
        comesBack(scope, other, 3006);
    }

    private static void comesBack(Scope scope, Conversation line, int code) throws InterruptedException {
        try {
            Json said = line.await(
                    "the end of the connection or of the subscription",
                    message -> message.has("error") || message.at("push").has("unsubscribe"),
                    scope.patience());
            long told = said.at("push", "unsubscribe", "code").number();
            scope.check(told >= 2500, "SDKs do not come back from " + said);
        } catch (NotHeldException e) {
            if (line.isOpen()) {
                throw e;
            }
            scope.same(code, line.awaitClose(scope.patience()).code(), "the close code");
        }
    }

    private static void forgedToken(Scope scope) throws IOException, InterruptedException {
        String client = Scope.fresh("forged");
        Map<String, String> claims = Map.of("sub", client);
        String good = scope.target().token(claims, 600);
        int signature = good.lastIndexOf('.') + 1;
        String unsigned =
                encoded("{\"alg\":\"none\"}") + "." + encoded("{\"sub\":\"" + client + "\",\"exp\":99999999999}") + ".";
        for (String token : List.of(
                Target.token("not-the-secret-but-as-long-as-one-must-be", claims, 600),
                unsigned,
                good.substring(0, signature) + "AAAA" + good.substring(signature + 4),
                "garbage",
                "")) {
            refused(scope, "\"token\":\"" + token + "\"");
        }
        refused(scope, "\"data\":{\"client\":" + Json.quoted(client) + "}");
    }

    private static void refused(Scope scope, String request) throws IOException, InterruptedException {
        Conversation line = scope.line();
        try {
            scope.same(101L, line.refused("connect", request), "the error");
        } catch (NotHeldException e) {
            if (line.isOpen()) {
                throw e;
            }
            scope.same(3500, line.awaitClose(scope.patience()).code(), "the close code");
        }
    }

    private static void foreignOutbox(Scope scope) throws IOException, InterruptedException {
        String own = Scope.fresh("own");
        Conversation line = scope.line();
        line.command("connect", scope.target().identity(own, ""));
        for (String other : List.of("#" + Scope.fresh("other"), "#", "##" + own)) {
            scope.same(103L, line.refused("subscribe", "\"channel\":" + Json.quoted(other)), "the error for " + other);
        }
        scope.same(105L, line.refused("subscribe", "\"channel\":\"#" + own + "\""), "the error for the own outbox");
    }

    private static void foreignPublish(Scope scope) throws IOException, InterruptedException {
        Conversation line = scope.connectedLine();
        String publish = "\"channel\":\"#" + Scope.fresh("other") + "\",\"data\":{}";
        scope.same(103L, line.refused("publish", publish), "the error of publish");
        scope.same(
                103L,
                line.refused("rpc", "\"method\":\"publish\",\"data\":{" + publish + "}"),
                "the error of rpc publish");
    }

    private static void apiKey(Scope scope) throws IOException, InterruptedException {
        String body = "{\"client\":" + Json.quoted(Scope.fresh("nobody")) + ",\"data\":1}";
        scope.same(401, scope.api().post("/api/send", body, null).status(), "the status without a key");
        scope.same(
                401,
                scope.api()
                        .post("/api/send", body, "wrong-key-" + scope.random().nextLong())
                        .status(),
                "the status with a wrong key");
    }

    private static String encoded(String part) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(part.getBytes(StandardCharsets.UTF_8));
    }
}
