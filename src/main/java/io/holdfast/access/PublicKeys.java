package io.holdfast.access;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads public keys in PEM (RFC 7468): {@code PUBLIC KEY} and {@code CERTIFICATE}, one or several. */
public final class PublicKeys {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN (PUBLIC KEY|CERTIFICATE)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final List<String> KINDS = List.of("RSA", "EC", Ed25519Verifier.NAME);

    private PublicKeys() {}

    /**
     * @param pem line breaks may be blanks, as in a variable
     * @throws IllegalArgumentException if anything in it is not such a key
     */
    public static List<PublicKey> parse(String pem) {
        Matcher blocks = BLOCK.matcher(pem);
        List<PublicKey> keys = new ArrayList<>();
        int end = 0;
        while (blocks.find()) {
            requireBlank(pem.substring(end, blocks.start()));
            end = blocks.end();
            byte[] der = Base64.getMimeDecoder().decode(blocks.group(2));
            PublicKey key = blocks.group(1).equals("CERTIFICATE") ? certified(der) : key(der);
            VerificationKey.of(null, key);
            keys.add(key);
        }
        requireBlank(pem.substring(end));
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("it contains no public key");
        }
        return keys;
    }

    private static void requireBlank(String between) {
        if (!between.isBlank()) {
            throw new IllegalArgumentException("it contains something other than public keys");
        }
    }

    private static PublicKey key(byte[] der) {
        for (String kind : KINDS) {
            try {
                return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(der));
            } catch (GeneralSecurityException e) {
                // of another kind, then
            }
        }
        throw new IllegalArgumentException("it is not an RSA, EC or Ed25519 key");
    }

    private static PublicKey certified(byte[] der) {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der))
                    .getPublicKey();
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("it is not a certificate", e);
        }
    }
}
