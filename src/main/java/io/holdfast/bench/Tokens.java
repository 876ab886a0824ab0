package io.holdfast.bench;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs tokens (JWT, HS256) for development and load, and checks such signatures. Any thread. */
public final class Tokens {
    private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();
    private static final byte[] HEAD = Ascii.bytes("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");

    private Tokens() {}

    /** A connect token of a client whose name needs no escapes in JSON. */
    static String hs256(String secret, String client, Duration life) {
        long expires = Instant.now().plus(life).getEpochSecond();
        return hs256(secret, "{\"sub\":\"" + client + "\",\"exp\":" + expires + "}");
    }

    /** @param claims a JSON object */
    public static String hs256(String secret, String claims) {
        String signed = URL.encodeToString(HEAD) + "." + URL.encodeToString(Ascii.bytes(claims));
        return signed + "." + URL.encodeToString(mac(secret, signed));
    }

    /**
     * Whether the signature is that of HS256 with this secret; takes the same time wherever it differs.
     *
     * @param signed head and claims as they stand in the token, with the point between them
     */
    public static boolean isSigned(String secret, String signed, byte[] signature) {
        return MessageDigest.isEqual(mac(secret, signed), signature);
    }

    private static byte[] mac(String secret, String signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Ascii.bytes(secret), "HmacSHA256"));
            return mac.doFinal(Ascii.bytes(signed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no HmacSHA256", e);
        }
    }
}
