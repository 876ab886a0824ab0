package io.holdfast.bench;

import java.util.BitSet;

/**
 * Who has received what: finds lost, doubled and reordered messages exactly, by one bit for each message and receiver.
 * One thread.
 *
 * <p>The order that counts is the server's: the offsets a receiver sees must rise. Where a server gives no offsets,
 * {@link #UNNUMBERED}, nothing is said about order.
 */
final class Ledger {
    static final long UNNUMBERED = -1;

    private final BitSet accepted = new BitSet();
    private final BitSet[] seen;
    private final long[] lastOffset;
    private final boolean[] excused;
    private final boolean unicast;
    private long doubled;
    private long reordered;
    private long misrouted;
    private long corrupt;

    private Ledger(int receivers, boolean unicast) {
        this.unicast = unicast;
        this.lastOffset = new long[receivers];
        this.excused = new boolean[receivers];
        this.seen = new BitSet[receivers];
        for (int i = 0; i < receivers; i++) {
            seen[i] = new BitSet();
        }
    }

    /** Every message is for every receiver. */
    static Ledger broadcast(int receivers) {
        return new Ledger(receivers, false);
    }

    /** Message {@code n} is for receiver {@code n % receivers} alone. */
    static Ledger unicast(int receivers) {
        return new Ledger(receivers, true);
    }

    int receivers() {
        return seen.length;
    }

    /** The receiver of a message in {@link #unicast}. */
    int receiverOf(int sequence) {
        return sequence % seen.length;
    }

    /** This receiver does not read: nothing is lost to it. */
    void excuse(int receiver) {
        excused[receiver] = true;
    }

    /** The server has accepted this message: from now on it must arrive. */
    void accept(int sequence) {
        accepted.set(sequence);
    }

    /** A receiver begins anew, on a new connection: offsets start again from wherever the server goes on. */
    void begin(int receiver) {
        lastOffset[receiver] = 0;
    }

    /** Notes an arrival. @return whether it is the first of this message at this receiver */
    boolean arrived(int receiver, int sequence, long offset, boolean intact) {
        if (!intact) {
            corrupt++;
        }
        if (unicast && receiverOf(sequence) != receiver) {
            misrouted++;
            return false;
        }
        BitSet mine = seen[receiver];
        int index = unicast ? sequence / seen.length : sequence;
        if (mine.get(index)) {
            doubled++;
            return false;
        }
        mine.set(index);
        if (offset != UNNUMBERED) {
            if (offset <= lastOffset[receiver]) {
                reordered++;
            } else {
                lastOffset[receiver] = offset;
            }
        }
        return true;
    }

    Faults faults() {
        return new Faults(lost(), doubled, reordered, misrouted, corrupt);
    }

    private long lost() {
        long lost = 0;
        if (unicast) {
            for (int n = accepted.nextSetBit(0); n >= 0; n = accepted.nextSetBit(n + 1)) {
                int receiver = receiverOf(n);
                if (!excused[receiver] && !seen[receiver].get(n / seen.length)) {
                    lost++;
                }
            }
            return lost;
        }
        for (int receiver = 0; receiver < seen.length; receiver++) {
            if (!excused[receiver]) {
                BitSet missing = (BitSet) accepted.clone();
                missing.andNot(seen[receiver]);
                lost += missing.cardinality();
            }
        }
        return lost;
    }
}
