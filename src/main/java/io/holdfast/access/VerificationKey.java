package io.holdfast.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A key and what it may verify: algorithms of its own kind only, so that no public key ever serves as a secret (RFC 8725,
 * section 3.1). Any thread.
 *
 * @param id the key's {@code kid}; null if it has none, and then it fits tokens with any
 */
record VerificationKey(@Nullable String id, Set<JWSAlgorithm> algorithms, JWSVerifier verifier) {

    private static final int MIN_RSA_BITS = 2048;

    /** The bytes before the 32 bytes of an Ed25519 key in its X.509 form (RFC 8410). */
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final int ED25519_BYTES = 32;

    static VerificationKey ofSecret(String secret) {
        try {
            JWSVerifier verifier = new MACVerifier(secret.getBytes(StandardCharsets.UTF_8));
            return new VerificationKey(null, verifier.supportedJWSAlgorithms(), verifier);
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the token secret must have at least 32 bytes", e);
        }
    }

    /** @throws IllegalArgumentException if the key is of no kind that we take, or too short */
    static VerificationKey of(@Nullable String id, PublicKey key) {
        JWSVerifier verifier = verifier(key);
        return new VerificationKey(id, verifier.supportedJWSAlgorithms(), verifier);
    }

    /** From a fetched set; null if it is not for verifying signatures or of no kind that we take. */
    static @Nullable VerificationKey of(JWK jwk) {
        boolean forSignatures = (jwk.getKeyUse() == null || KeyUse.SIGNATURE.equals(jwk.getKeyUse()))
                && (jwk.getKeyOperations() == null || jwk.getKeyOperations().contains(KeyOperation.VERIFY));
        if (!forSignatures) {
            return null;
        }
        try {
            PublicKey publicKey = publicKey(jwk);
            if (publicKey == null) {
                return null;
            }
            VerificationKey key = of(jwk.getKeyID(), publicKey);
            return jwk.getAlgorithm() == null
                    ? key
                    : key.only(Set.of(jwk.getAlgorithm().getName()));
        } catch (JOSEException | GeneralSecurityException | IllegalArgumentException e) {
            return null;
        }
    }

    /** Narrowed to algorithms of these names. */
    VerificationKey only(Set<String> names) {
        return new VerificationKey(
                id,
                algorithms.stream()
                        .filter(algorithm -> names.contains(algorithm.getName()))
                        .collect(Collectors.toUnmodifiableSet()),
                verifier);
    }

    boolean fits(JWSHeader header) {
        return algorithms.contains(header.getAlgorithm())
                && (id == null || header.getKeyID() == null || id.equals(header.getKeyID()));
    }

    private static JWSVerifier verifier(PublicKey key) {
        try {
            if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= MIN_RSA_BITS) {
                return new RSASSAVerifier(rsa);
            }
            if (key instanceof ECPublicKey ec) {
                return new ECDSAVerifier(ec);
            }
            if (key instanceof EdECPublicKey ed && ed.getParams().getName().equals(Ed25519Verifier.NAME)) {
                return new Ed25519Verifier(key);
            }
        } catch (JOSEException e) {
            throw new IllegalArgumentException("not one of the curves P-256, P-384, P-521", e);
        }
        throw new IllegalArgumentException("neither RSA from " + MIN_RSA_BITS + " bits, nor EC, nor Ed25519");
    }

    /** Null for a secret, which has no place where everybody can fetch it. */
    private static @Nullable PublicKey publicKey(JWK jwk) throws JOSEException, GeneralSecurityException {
        if (jwk instanceof OctetKeyPair pair) {
            return pair.getCurve().getName().equals(Ed25519Verifier.NAME) ? ed25519(pair.getX()) : null;
        }
        return jwk instanceof AsymmetricJWK asymmetric ? asymmetric.toPublicKey() : null;
    }

    private static PublicKey ed25519(Base64URL x) throws GeneralSecurityException {
        byte[] key = x.decode();
        if (key.length != ED25519_BYTES) {
            throw new IllegalArgumentException("an Ed25519 key has " + ED25519_BYTES + " bytes");
        }
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        encoded.writeBytes(ED25519_PREFIX);
        encoded.writeBytes(key);
        return KeyFactory.getInstance(Ed25519Verifier.NAME)
                .generatePublic(new X509EncodedKeySpec(encoded.toByteArray()));
    }
}
