package io.holdfast.client;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;

/** Signs tokens (JWT) with HS256 for development and tests, and checks such signatures. Any thread. */
public final class Tokens {
    private static final JWSHeader HEADER =
            new JWSHeader.Builder(JWSAlgorithm.HS256).type(JOSEObjectType.JWT).build();

    private Tokens() {}

    /**
     * Makes a token.
     *
     * @param secret at least 32 bytes in UTF-8
     * @param claims a JSON object
     * @throws IllegalArgumentException if the secret is too short
     */
    public static String hs256(String secret, String claims) {
        try {
            JWSObject token = new JWSObject(HEADER, new Payload(claims));
            token.sign(new MACSigner(secret.getBytes(StandardCharsets.UTF_8)));
            return token.serialize();
        } catch (JOSEException e) {
            throw shorter(e);
        }
    }

    /**
     * Whether a token is signed with HS256 and this secret. Its claims are not looked at.
     *
     * @throws IllegalArgumentException if the secret is shorter than 32 bytes
     */
    public static boolean isSigned(String secret, String token) {
        try {
            JWSObject parsed = JWSObject.parse(token);
            return parsed.getHeader().getAlgorithm().equals(JWSAlgorithm.HS256)
                    && parsed.verify(new MACVerifier(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (ParseException e) {
            return false;
        } catch (JOSEException e) {
            throw shorter(e);
        }
    }

    private static IllegalArgumentException shorter(JOSEException cause) {
        return new IllegalArgumentException("a secret has at least 32 bytes", cause);
    }
}
