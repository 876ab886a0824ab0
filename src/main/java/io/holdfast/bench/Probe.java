package io.holdfast.bench;

import java.time.Duration;

/** Asks the server's HTTP API something and waits for the answer. */
final class Probe {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final byte[] ACKNOWLEDGED = Ascii.bytes("\"acknowledged\":");

    private final Loop loop;
    private final String apiKey;

    Probe(Loop loop, String apiKey) {
        this.loop = loop;
        this.apiKey = apiKey;
    }

    /** An answer. @param status 0 if none came */
    record Answer(int status, String body) {}

    Answer get(String path) {
        Answer[] answer = new Answer[1];
        HttpLink link = new HttpLink(loop, apiKey);
        loop.connect(link);
        link.get(path, (status, bytes, from, to) -> answer[0] = new Answer(status, Ascii.text(bytes, from, to)));
        loop.runUntil(() -> answer[0] != null, LIMIT);
        link.close();
        return answer[0] == null ? new Answer(0, "") : answer[0];
    }

    /** Messages to clients that the server counts as confirmed, since its start. */
    long acknowledged() {
        Answer metrics = get("/api/metrics");
        byte[] body = Ascii.bytes(metrics.body());
        long acknowledged = Ascii.indexOf(body, 0, body.length, ACKNOWLEDGED) < 0
                ? -1
                : Ascii.numberAfter(ACKNOWLEDGED, body, 0, body.length);
        if (metrics.status() != 200 || acknowledged < 0) {
            throw new IllegalStateException("GET /api/metrics answers " + metrics.status() + " " + metrics.body());
        }
        return acknowledged;
    }

    /** Waits for this many confirmations in all. @return how many there are */
    long awaitAcknowledged(long wanted, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        long acknowledged = acknowledged();
        while (acknowledged < wanted && System.nanoTime() - deadline < 0) {
            loop.runFor(Duration.ofMillis(20));
            acknowledged = acknowledged();
        }
        return acknowledged;
    }

    /** Waits until the server says that it is ready. */
    boolean awaitReady(String path, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() - deadline < 0) {
            if (get(path).status() == 200) {
                return true;
            }
            loop.runFor(Duration.ofMillis(10));
        }
        return false;
    }
}
