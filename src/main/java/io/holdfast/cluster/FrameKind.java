package io.holdfast.cluster;

import org.jspecify.annotations.Nullable;

/** What a frame is. Its first byte is the code. A node skips kinds that it does not know, so that versions can differ. */
enum FrameKind {
    /** The opener names both nodes: version, own number, the other's number, nonce. */
    HELLO(1),
    /** The other node's nonce. */
    CHALLENGE(2),
    /** The opener's proof. */
    PROOF(3),
    /** The other node's proof. The link is up. */
    ACCEPTED(4),
    PING(5),
    PONG(6),
    /** Stored publications, as entries. */
    STORED(7),
    /** Messages that are never stored, as entries. */
    PASSED_ON(8),
    /** Those who have come to a channel or left it, as entries. */
    MEMBERSHIP(9),
    /** Channels that have subscribers at the opener, or no longer have, as entries. */
    INTERESTS(10),
    /** The opener could not pass on some of what it has stored. */
    MISSED(11),
    QUESTION(12),
    ANSWER(13);

    private final byte code;

    FrameKind(int code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }

    /** @return null for a kind of a newer version */
    static @Nullable FrameKind of(byte code) {
        int ordinal = code - 1;
        FrameKind[] all = values();
        return ordinal >= 0 && ordinal < all.length ? all[ordinal] : null;
    }
}
