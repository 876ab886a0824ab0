package io.holdfast.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Both ends of a link prove that they know the cluster's secret, by HMAC-SHA-256 over the numbers of both nodes and a nonce of
 * each. Since the acceptor's nonce is new for each link, what was overheard proves nothing later; since the two ends prove
 * different texts, none can send back what it was sent. Any thread.
 */
final class LinkProof {
    static final int NONCE_BYTES = 32;

    private static final int LEAST_SECRET_BYTES = 32;
    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] OPENER = "holdfast node link, opener".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ACCEPTOR = "holdfast node link, acceptor".getBytes(StandardCharsets.US_ASCII);

    private final SecretKeySpec secret;

    /** What a link's proofs are about. */
    record Parties(long opener, long acceptor, byte[] openerNonce, byte[] acceptorNonce) {
        Parties {
            for (byte[] nonce : List.of(openerNonce, acceptorNonce)) {
                if (nonce.length != NONCE_BYTES) { // with another length two texts could be the same
                    throw new IllegalArgumentException("a nonce must have 32 bytes, has " + nonce.length);
                }
            }
        }
    }

    /** @param secret shared by all nodes; at least 32 bytes */
    LinkProof(byte[] secret) {
        if (secret.length < LEAST_SECRET_BYTES) {
            throw new IllegalArgumentException("the cluster's secret must have at least 32 bytes");
        }
        this.secret = new SecretKeySpec(secret, ALGORITHM);
    }

    byte[] ofOpener(Parties parties) {
        return code(OPENER, parties);
    }

    byte[] ofAcceptor(Parties parties) {
        return code(ACCEPTOR, parties);
    }

    boolean isOfOpener(Parties parties, byte[] proof) {
        return MessageDigest.isEqual(ofOpener(parties), proof); // in constant time
    }

    boolean isOfAcceptor(Parties parties, byte[] proof) {
        return MessageDigest.isEqual(ofAcceptor(parties), proof);
    }

    private byte[] code(byte[] end, Parties parties) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            mac.update(end);
            mac.update(ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(parties.opener())
                    .putLong(parties.acceptor())
                    .flip());
            mac.update(parties.openerNonce());
            mac.update(parties.acceptorNonce());
            return mac.doFinal();
        } catch (GeneralSecurityException e) { // every Java has it
            throw new IllegalStateException(e);
        }
    }
}
