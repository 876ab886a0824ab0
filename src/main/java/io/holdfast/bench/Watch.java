package io.holdfast.bench;

import java.util.function.IntConsumer;
import org.HdrHistogram.Histogram;

/** Reads each arriving test message, enters it into the ledger and measures how long it took. */
final class Watch implements Arrivals {
    private final Payload payload;
    private final Ledger ledger;
    private Histogram latency = Result.latencies();
    private IntConsumer onFirst = sequence -> {};
    private int measuredFrom;
    private long firsts;
    private long leftOver;

    Watch(Payload payload, Ledger ledger) {
        this.payload = payload;
        this.ledger = ledger;
    }

    /** Hears the sequence number each time a receiver gets a message for the first time. */
    void onFirst(IntConsumer listener) {
        this.onFirst = listener;
    }

    /** Measures anew, and only messages from this sequence number on. */
    void measureFrom(int sequence) {
        latency = Result.latencies();
        measuredFrom = sequence;
        firsts = 0;
    }

    @Override
    public void arrived(int receiver, byte[] bytes, int at, long offset) {
        if (!payload.ofThisRun(bytes, at)) {
            leftOver++;
            return;
        }
        int sequence = (int) payload.sequence(bytes, at);
        if (!ledger.arrived(receiver, sequence, offset, payload.intact(bytes, at))) {
            return;
        }
        if (sequence >= measuredFrom) {
            firsts++;
            latency.recordValue(Math.max(0, Loop.micros() - payload.sentMicros(bytes, at)));
        }
        onFirst.accept(sequence);
    }

    Ledger ledger() {
        return ledger;
    }

    Histogram latency() {
        return latency;
    }

    /** Messages received for the first time since measuring began. */
    long firsts() {
        return firsts;
    }

    /** Messages of earlier runs, which the server still had. */
    long leftOver() {
        return leftOver;
    }
}
