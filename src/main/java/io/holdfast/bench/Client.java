package io.holdfast.bench;

/**
 * One client of the server under load: greets, is ready once its commands are answered, answers pings, and hands on every
 * test message. Messages are told apart by their first bytes only.
 */
final class Client extends WebSocketLink {
    private static final byte[] PONG_FRAME = masked(1, Ascii.bytes("{}"));
    private static final byte[] PUSH = Ascii.bytes("{\"push\":");
    private static final byte[] ERROR = Ascii.bytes("\"error\":");
    private static final byte[] OFFSET = Ascii.bytes(",\"offset\":");

    private final int index;
    private final byte[] greeting;
    private final Payload payload;
    private final Arrivals arrivals;
    private final Traffic traffic;
    private int unanswered;
    private boolean ready;
    private String failure = "";

    /**
     * @param greeting commands joined by line breaks, each of which gets a reply; empty if the server expects none
     * @param payload finds the test messages
     */
    Client(Loop loop, String path, int index, byte[] greeting, Payload payload, Arrivals arrivals, Traffic traffic) {
        super(loop, path);
        this.index = index;
        this.greeting = greeting;
        this.payload = payload;
        this.arrivals = arrivals;
        this.traffic = traffic;
    }

    boolean isReady() {
        return ready && !hasEnded();
    }

    /** Why this client is not connected; empty if nothing happened. */
    String failure() {
        return failure;
    }

    @Override
    protected void upgraded() {
        if (greeting.length == 0) {
            ready = true;
            return;
        }
        unanswered = 1;
        for (byte b : greeting) {
            if (b == '\n') {
                unanswered++;
            }
        }
        sendText(greeting);
    }

    @Override
    protected void text(byte[] bytes, int from, int to) {
        long messagesBefore = traffic.messages;
        int at = from;
        while (at < to) {
            int end = Ascii.indexOf(bytes, at, to, (byte) '\n');
            if (end < 0) {
                end = to;
            }
            if (end > at) {
                message(bytes, at, end);
            }
            at = end + 1;
        }
        if (traffic.messages != messagesBefore) {
            traffic.frames++;
        }
    }

    private void message(byte[] bytes, int from, int to) {
        if (to - from == 2) {
            traffic.pings++;
            write(PONG_FRAME, PONG_FRAME.length);
        } else if (Ascii.startsWith(bytes, from, to, PUSH)) {
            push(bytes, from, to);
        } else {
            reply(bytes, from, to);
        }
    }

    private void push(byte[] bytes, int from, int to) {
        int at = payload.find(bytes, from, to);
        if (at < 0) {
            traffic.others++;
            return;
        }
        traffic.messages++;
        arrivals.arrived(index, bytes, at, Ascii.numberAfter(OFFSET, bytes, at + payload.length(), to));
    }

    private void reply(byte[] bytes, int from, int to) {
        if (Ascii.indexOf(bytes, from, to, ERROR) >= 0) {
            failure = Ascii.text(bytes, from, Math.min(to, from + 200));
            close();
            return;
        }
        unanswered--;
        if (unanswered == 0) {
            ready = true;
        }
    }

    @Override
    protected void ended(String why) {
        if (failure.isEmpty()) {
            failure = why;
        }
    }
}
