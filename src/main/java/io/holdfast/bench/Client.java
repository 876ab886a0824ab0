package io.holdfast.bench;

import org.jspecify.annotations.Nullable;

/**
 * One client of the server under load: greets, is ready once its commands are answered, answers pings, and hands on every
 * test message.
 */
final class Client extends WebSocketLink implements Speech.Heard {
    private final int index;
    private final Speech speech;
    private final @Nullable Greeting greeting;
    private final Payload payload;
    private final Arrivals arrivals;
    private final Traffic traffic;
    private final byte[] pong;
    private int unanswered;
    private boolean ready;
    private String failure = "";

    /**
     * @param greeting null if the server expects none
     * @param payload finds the test messages
     */
    Client(
            Loop loop,
            Target target,
            int index,
            @Nullable Greeting greeting,
            Payload payload,
            Arrivals arrivals,
            Traffic traffic) {
        super(loop, target.socketPath() + target.speech().query());
        this.speech = target.speech();
        this.pong = frame(speech.binary(), speech.pong());
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
        if (greeting == null) {
            ready = true;
            return;
        }
        unanswered = greeting.commands();
        send(speech.binary(), speech.greeting(greeting));
    }

    @Override
    protected void taken(int count) {
        traffic.bytes += count;
    }

    @Override
    public void message(boolean binary, byte[] bytes, int from, int to) {
        if (binary != speech.binary()) {
            end(binary ? "a binary frame" : "a text frame");
            return;
        }
        long messagesBefore = traffic.messages;
        speech.read(bytes, from, to, this);
        if (traffic.messages != messagesBefore) {
            traffic.frames++;
        }
    }

    @Override
    public void ping() {
        traffic.pings++;
        write(pong);
    }

    @Override
    public void push(byte[] bytes, int from, int to) {
        int at = payload.find(bytes, from, to);
        if (at < 0) {
            traffic.others++;
            return;
        }
        traffic.messages++;
        arrivals.arrived(index, bytes, at, speech.offset(bytes, at + payload.length(), to));
    }

    @Override
    public void error(String text) {
        failure = text;
        close();
    }

    @Override
    public void reply() {
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
