package io.holdfast.bench;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs connect tokens (JWT, HS256). */
final class Tokens {
    private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();

    private Tokens() {}

    static String hs256(String secret, String client, Duration life) {
        String head = URL.encodeToString(Ascii.bytes("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"));
        long expires = Instant.now().plus(life).getEpochSecond();
        String body = URL.encodeToString(Ascii.bytes("{\"sub\":\"" + client + "\",\"exp\":" + expires + "}"));
        String signed = head + "." + body;
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Ascii.bytes(secret), "HmacSHA256"));
            return signed + "." + URL.encodeToString(mac.doFinal(Ascii.bytes(signed)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no HmacSHA256", e);
        }
    }
}
