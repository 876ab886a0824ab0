package io.holdfast.access;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who issues tokens with one algorithm and one key. */
final class Issuer {
    private static final int SECRET_BYTES = 64;

    final JWSAlgorithm algorithm;
    final @Nullable String secret;
    private final @Nullable KeyPair pair;

    private Issuer(JWSAlgorithm algorithm, @Nullable String secret, @Nullable KeyPair pair) {
        this.algorithm = algorithm;
        this.secret = secret;
        this.pair = pair;
    }

    /** One with a new key. */
    static Issuer of(JWSAlgorithm algorithm) {
        try {
            if (JWSAlgorithm.Family.HMAC_SHA.contains(algorithm)) {
                String random = Long.toHexString(System.nanoTime());
                return new Issuer(algorithm, (random + "s".repeat(SECRET_BYTES)).substring(0, SECRET_BYTES), null);
            }
            KeyPairGenerator generator;
            if (JWSAlgorithm.Family.RSA.contains(algorithm)) {
                generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(2048);
            } else if (JWSAlgorithm.Family.EC.contains(algorithm)) {
                generator = KeyPairGenerator.getInstance("EC");
                String curve =
                        Curve.forJWSAlgorithm(algorithm).iterator().next().getStdName();
                generator.initialize(new ECGenParameterSpec(curve));
            } else {
                generator = KeyPairGenerator.getInstance("Ed25519");
            }
            return new Issuer(algorithm, null, generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    boolean hasPublicKey() {
        return pair != null;
    }

    PublicKey publicKey() {
        return requireNonNull(pair, "it has a secret").getPublic();
    }

    /** The public key as it stands in a JWKS. */
    JWK jwk(String id) {
        PublicKey key = publicKey();
        if (key instanceof RSAPublicKey rsa) {
            return new RSAKey.Builder(rsa).keyID(id).build();
        }
        if (key instanceof ECPublicKey ec) {
            return new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec)
                    .keyID(id)
                    .build();
        }
        byte[] encoded = key.getEncoded();
        Base64URL x = Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
        return new OctetKeyPair.Builder(Curve.Ed25519, x).keyID(id).build();
    }

    /** Options that take what this one issues. */
    TokenOptions options(@Nullable String audience, @Nullable String issuer) {
        return new TokenOptions(
                secret,
                hasPublicKey() ? List.of(publicKey()) : List.of(),
                null,
                TokenOptions.JWKS_REFRESH,
                audience,
                issuer,
                TokenOptions.SKEW,
                Set.of());
    }

    String token(String claims) {
        return token(new JWSHeader(algorithm), claims);
    }

    String token(JWSHeader header, String claims) {
        try {
            JWSObject jws = new JWSObject(header, new Payload(claims));
            if (pair != null && pair.getPublic().getAlgorithm().equals("EdDSA")) {
                return new String(jws.getSigningInput(), StandardCharsets.US_ASCII) + "."
                        + Base64URL.encode(ed25519(pair, jws.getSigningInput()));
            }
            jws.sign(signer());
            return jws.serialize();
        } catch (JOSEException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private JWSSigner signer() throws JOSEException {
        if (pair == null) {
            return new MACSigner(requireNonNull(secret));
        }
        return pair.getPrivate() instanceof ECPrivateKey ec ? new ECDSASigner(ec) : new RSASSASigner(pair.getPrivate());
    }

    private static byte[] ed25519(KeyPair pair, byte[] input) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(input);
        return signature.sign();
    }

    @Override
    public String toString() {
        return algorithm.getName();
    }
}
