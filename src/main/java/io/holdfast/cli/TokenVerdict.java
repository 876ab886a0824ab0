package io.holdfast.cli;

import io.holdfast.client.Json;
import io.holdfast.client.Tokens;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a token says and what is wrong with it: signature, times, and the claims that make it a token of one kind or the
 * other (docs/security.md). Revocation, audience and issuer are the server's to know.
 *
 * @param problems what the server would refuse it for; empty if it is good
 */
record TokenVerdict(Json claims, List<String> problems) {
    static final int MAX_CLIENT_BYTES = 200;
    private static final int MAX_DEVICE_BYTES = 64;
    private static final int MAX_CHANNEL_BYTES = 255;
    private static final int MAX_CHANNELS = 100;
    private static final int SIGNATURE_BYTES = 32;
    private static final int MAX_LENGTH = 8 * 1024;

    /** @throws Failure if it is no token at all, or of an algorithm that a secret does not check */
    static TokenVerdict of(String token, String secret, Duration skew, Instant now) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw unreadable();
        }
        String algorithm = object(parts[0]).at("alg").textOrNumber();
        if (!algorithm.equals("HS256")) {
            throw new Failure(
                    Exit.NO,
                    "other_algorithm",
                    "According to its header the token is signed with " + (algorithm.isEmpty() ? "nothing" : algorithm),
                    "This command checks only HS256. The server checks other algorithms with holdfast.token.public-key or jwks-url.");
        }
        Json claims = object(parts[1]);
        List<String> problems = new ArrayList<>();
        if (decoded(parts[2]).length != SIGNATURE_BYTES || !Tokens.isSigned(secret, token)) {
            problems.add("the signature was not made with this secret");
        }
        if (token.length() > MAX_LENGTH) {
            problems.add("longer than " + MAX_LENGTH + " characters");
        }
        if (!isGuest(claims) && !isName(claims.at("sub"), MAX_CLIENT_BYTES)) {
            problems.add("the claim sub is not a client's name");
        }
        times(claims, skew, now, problems);
        if (claims.has("channel")) {
            if (!isName(claims.at("channel"), MAX_CHANNEL_BYTES)) {
                problems.add("the claim channel is not a channel's name");
            }
        } else {
            connect(claims, problems);
        }
        return new TokenVerdict(claims, problems);
    }

    private static void connect(Json claims, List<String> problems) {
        if (!isGuest(claims) && !claims.at("device").isNull() && !isName(claims.at("device"), MAX_DEVICE_BYTES)) {
            problems.add("the claim device is not a device's name");
        }
        Json listed = claims.at("channels");
        Json mapped = claims.at("subs");
        if (!(listed.isNull() || listed.isArray()) || !(mapped.isNull() || mapped.isObject())) {
            problems.add("the claim channels is not an array, or the claim subs is not an object");
            return;
        }
        Set<Json> channels = new HashSet<>(listed.items());
        mapped.fields().keySet().forEach(channel -> channels.add(Json.of(channel)));
        if (!isGuest(claims)) {
            channels.remove(Json.of("#" + claims.at("sub").textOrNumber()));
        }
        if (!channels.stream().allMatch(TokenVerdict::isChannel)) {
            problems.add("the claim channels or subs has a name that is not a channel's, or another client's outbox");
        }
        if (channels.size() > MAX_CHANNELS) {
            problems.add("more than " + MAX_CHANNELS + " channels");
        }
    }

    /** Without a name. The server lets such a client in unless {@code holdfast.anonymous} is {@code nobody}. */
    private static boolean isGuest(Json claims) {
        return !claims.has("sub")
                || (claims.at("sub").isText() && claims.at("sub").text().isEmpty());
    }

    private static boolean isChannel(Json name) {
        return isName(name, MAX_CHANNEL_BYTES) && !name.text().startsWith("#");
    }

    private static boolean isName(Json name, int maxBytes) {
        return name.isText() && Printable.isName(name.text(), maxBytes);
    }

    private static void times(Json claims, Duration skew, Instant now, List<String> problems) {
        Instant expires = time(claims, "exp", problems);
        if (expires != null && !expires.plus(skew).isAfter(now)) {
            problems.add("expired at " + expires);
        }
        Instant begins = time(claims, "nbf", problems);
        if (begins != null && begins.minus(skew).isAfter(now)) {
            problems.add("not valid before " + begins);
        }
    }

    private static @Nullable Instant time(Json claims, String name, List<String> problems) {
        if (!claims.has(name)) {
            return null;
        }
        if (isNumberBelow(claims.at(name), Instant.MAX.getEpochSecond() / 2)) {
            return Instant.ofEpochSecond(claims.at(name).number());
        }
        problems.add("the claim " + name + " is not a number of seconds since 1970");
        return null;
    }

    private static boolean isNumberBelow(Json value, long bound) {
        return value.isNumber() && value.decimal().abs().compareTo(BigDecimal.valueOf(bound)) < 0;
    }

    boolean isGood() {
        return problems.isEmpty();
    }

    String json() {
        return Json.object(verdict -> {
            verdict.writeBooleanField("good", isGood());
            verdict.writeStringField("kind", claims.has("channel") ? "subscription" : "connect");
            if (isNumberBelow(claims.at("exp"), Long.MAX_VALUE / 1_000)) {
                verdict.writeNumberField("expires_at", claims.at("exp").number() * 1_000);
            }
            if (!isGood()) {
                verdict.writeStringField("problem", String.join("; ", problems));
            }
            verdict.writeFieldName("claims");
            verdict.writeRawValue(claims.toString());
        });
    }

    private static Json object(String part) {
        try {
            Json object = Json.read(new String(decoded(part), StandardCharsets.UTF_8));
            if (object.isObject()) {
                return object;
            }
        } catch (IOException e) {
            // the same message as for another value
        }
        throw unreadable();
    }

    private static byte[] decoded(String part) {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw unreadable();
        }
    }

    private static Failure unreadable() {
        return new Failure(
                Exit.NO,
                "not_a_token",
                "This is not a token (JWT)",
                "A token has three parts with dots between them. Give all of it, without quotes or line breaks.");
    }
}
