package io.holdfast.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Keeps a number of messages under way. A message is under way from the moment it is submitted until both its receipt has
 * come and every receiver has it (or, where nobody is connected, until its receipt has come).
 *
 * <p>With a rate, messages leave on a fixed schedule instead, and their time of sending is the scheduled one, so that a
 * server that falls behind does not hide it.
 */
final class Publishing {
    private final Loop loop;
    private final Payload payload;
    private final Ledger ledger;
    private final Submitter submitter;
    private final Pace plan;
    private Histogram receipts = Result.latencies();
    private int[] awaited = new int[1 << 16];
    private int next;
    private int end;
    private int underWay;
    private int unanswered;
    private long refused;
    private String firstRefusal = "";
    private long steps;
    private long startedMicros;
    private int startedAt;
    private boolean launching;

    /**
     * How much at a time.
     *
     * @param underWay at most so many messages under way
     * @param unanswered at most so many without their receipt
     * @param batch messages in one submission
     * @param arrivals of one message that are waited for
     * @param perSecond 0 for as fast as they go
     * @param patience how long nothing may move before what is under way counts as lost
     */
    record Pace(int underWay, int unanswered, int batch, int arrivals, double perSecond, Duration patience) {}

    Publishing(Loop loop, Payload payload, Ledger ledger, Submitter submitter, Pace plan) {
        this.loop = loop;
        this.payload = payload;
        this.ledger = ledger;
        this.submitter = submitter;
        this.plan = plan;
    }

    /** The sequence number of the next message. */
    int next() {
        return next;
    }

    /** What the server refused, in words; empty if nothing. */
    List<String> problems() {
        return refused == 0 ? List.of() : List.of(refused + " refused, first " + firstRefusal);
    }

    /** How long each receipt took since {@link #run} was called last, in microseconds. */
    Histogram receipts() {
        return receipts;
    }

    /** A receiver has got this message for the first time. */
    void arrived(int sequence) {
        steps++;
        if (sequence < awaited.length && awaited[sequence] > 0) {
            step(sequence);
        }
    }

    /** Publishes for so long, or so many, whichever ends first, and waits until nothing is under way. */
    void run(Duration time, int atMost) {
        end = next + atMost;
        startedAt = next;
        startedMicros = Loop.micros();
        receipts = Result.latencies();
        launching = true;
        long deadline = System.nanoTime() + time.toNanos();
        loop.everyTurn(this::launch, () -> plan.perSecond() > 0 ? scheduled(next) : Long.MAX_VALUE);
        loop.runUntil(() -> next >= end || System.nanoTime() - deadline >= 0, time.plusSeconds(1));
        launching = false;
        loop.everyTurn(() -> {}, () -> Long.MAX_VALUE);
        drain();
    }

    /** Ends when nothing is under way, or when nothing has moved for a while: then messages are lost. */
    private void drain() {
        long before;
        do {
            before = steps;
        } while (!loop.runUntil(() -> underWay == 0, plan.patience()) && steps != before);
        underWay = 0;
        Arrays.fill(awaited, 0);
    }

    private void launch() {
        while (launching
                && next < end
                && underWay + plan.batch() <= Math.max(plan.underWay(), plan.batch())
                && unanswered + plan.batch() <= Math.max(plan.unanswered(), plan.batch())
                && submitter.isFree()
                && due()) {
            submit(Math.min(plan.batch(), end - next));
        }
    }

    private boolean due() {
        return plan.perSecond() == 0 || scheduled(next) <= Loop.micros();
    }

    private long scheduled(int sequence) {
        return startedMicros + (long) ((sequence - startedAt) * 1e6 / plan.perSecond());
    }

    private void submit(int count) {
        int first = next;
        next += count;
        if (next > awaited.length) {
            awaited = Arrays.copyOf(awaited, Math.max(next, awaited.length * 2));
        }
        long now = Loop.micros();
        List<byte[]> data = new ArrayList<>(count);
        for (int n = first; n < next; n++) {
            awaited[n] = plan.arrivals() + 1;
            data.add(payload.encode(n, plan.perSecond() == 0 ? now : scheduled(n)));
        }
        underWay += count;
        unanswered += count;
        submitter.submit(first, data, (accepted, answer) -> receipt(first, count, now, accepted, answer));
    }

    private void receipt(int first, int count, long sentMicros, boolean accepted, String answer) {
        steps++;
        unanswered -= count;
        receipts.recordValue(Math.max(0, Loop.micros() - sentMicros));
        for (int n = first; n < first + count; n++) {
            if (accepted) {
                ledger.accept(n);
                if (awaited[n] > 0) {
                    step(n);
                }
            } else {
                refuse(n, answer);
            }
        }
        launch();
    }

    private void refuse(int sequence, String answer) {
        if (firstRefusal.isEmpty()) {
            firstRefusal = answer;
        }
        refused++;
        if (awaited[sequence] > 0) {
            awaited[sequence] = 0;
            underWay--;
        }
    }

    private void step(int sequence) {
        awaited[sequence]--;
        if (awaited[sequence] == 0) {
            underWay--;
            launch();
        }
    }
}
