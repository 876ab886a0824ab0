package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.client.Close;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * What every raw client of the tests can do: collect what the server says, wait for it, and send commands.
 *
 * <p>Threads: the transport calls {@link #received} and {@link #ended}; the test calls all else. A message that was
 * awaited is taken out; the others stay in their order. Pings are answered unless {@link #ignorePings} was called.
 */
abstract class WireClient implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Wire wire;
    private final AtomicInteger lastId = new AtomicInteger();
    private final List<JsonNode> inbox = new ArrayList<>();
    private int frames;
    private int pings;
    private boolean answersPings = true;
    private Close close;

    WireClient(Wire wire) {
        this.wire = wire;
    }

    /** Sends one text frame as it is. */
    abstract void sendText(String frame);

    /** Sends one binary frame as it is. */
    abstract void sendBinary(byte[] frame);

    /** Sends a frame of commands in JSON, one a line; anything else too, if that is how this client speaks. */
    final void send(String commands) {
        switch (wire) {
            case JSON -> sendText(commands);
            case PROTOBUF -> sendBinary(Wire.frame(commands));
        }
    }

    /** Ends the TCP connection without a close frame. */
    abstract void drop();

    /** Closes orderly. */
    @Override
    public abstract void close();

    final void received(String frame) {
        assertThat(wire).as("of a text frame").isEqualTo(Wire.JSON);
        received(Wire.messages(frame));
    }

    final void received(byte[] frame) {
        assertThat(wire).as("of a binary frame").isEqualTo(Wire.PROTOBUF);
        received(Wire.messages(frame));
    }

    private void received(List<JsonNode> messages) {
        boolean ping;
        synchronized (inbox) {
            frames++;
            int empty = (int) messages.stream().filter(JsonNode::isEmpty).count();
            pings += empty;
            ping = empty > 0 && answersPings;
            messages.stream().filter(message -> !message.isEmpty()).forEach(inbox::add);
            inbox.notifyAll();
        }
        if (ping) {
            send("{}");
        }
    }

    final void ended(int code, String reason) {
        synchronized (inbox) {
            if (close == null) {
                close = new Close(code, reason);
            }
            inbox.notifyAll();
        }
    }

    final WireClient ignorePings() {
        synchronized (inbox) {
            answersPings = false;
        }
        return this;
    }

    final int pings() {
        synchronized (inbox) {
            return pings;
        }
    }

    final int frames() {
        synchronized (inbox) {
            return frames;
        }
    }

    final boolean isOpen() {
        synchronized (inbox) {
            return close == null;
        }
    }

    /** Connects in insecure mode and returns the result; {@code data} as in {@code connect.data}, with single quotes. */
    final JsonNode connectAs(String client) {
        return connect("{'data': {'client': '%s'}}", client);
    }

    /** Likewise, as a client that wants the server's tags: else there is no {@link Pub#id}. */
    final JsonNode connectForTags(String client) {
        return connect("{'data': {'client': '%s', 'tags': true}}", client);
    }

    /** Sends connect with this request and returns the result. */
    final JsonNode connect(String request, Object... values) {
        return command("connect", request, values);
    }

    /** Sends a command and returns its result. */
    final JsonNode command(String method, String request, Object... values) {
        JsonNode reply = ask(method, request, values);
        assertThat(reply.has("error")).as("%s %s → %s", method, request, reply).isFalse();
        return reply.path(method);
    }

    /** Sends a command and returns its error code. */
    final int refused(String method, String request, Object... values) {
        JsonNode reply = ask(method, request, values);
        assertThat(reply.has("error")).as("%s %s → %s", method, request, reply).isTrue();
        return reply.path("error").path("code").asInt();
    }

    /** Sends a command and returns the whole reply. */
    final JsonNode ask(String method, String request, Object... values) {
        int id = lastId.incrementAndGet();
        ObjectNode command = Json.object("{'id': %d}", id);
        command.set(method, Json.object(request, values));
        send(command.toString());
        return await("reply to " + command, message -> message.path("id").asInt() == id);
    }

    final JsonNode await(String what, Predicate<JsonNode> wanted) {
        return await(what, wanted, PATIENCE);
    }

    /** Takes the first message that is wanted. */
    final JsonNode await(String what, Predicate<JsonNode> wanted, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        synchronized (inbox) {
            while (true) {
                for (Iterator<JsonNode> messages = inbox.iterator(); messages.hasNext(); ) {
                    JsonNode message = messages.next();
                    if (wanted.test(message)) {
                        messages.remove();
                        return message;
                    }
                }
                if (close != null) {
                    throw new AssertionError("awaiting " + what + ", got " + close + "; left: " + inbox);
                }
                pause(end, what);
            }
        }
    }

    /** Takes the next {@code count} publications of a channel, in their order. */
    final List<Pub> publications(String channel, int count) {
        List<Pub> pubs = new ArrayList<>(count);
        while (pubs.size() < count) {
            pubs.add(publication(channel));
        }
        return pubs;
    }

    final Pub publication(String channel) {
        JsonNode push = await(
                "publication on " + channel,
                message -> message.path("push").has("pub")
                        && channel.equals(message.path("push").path("channel").asText()));
        return Pub.of(channel, push.path("push").path("pub"));
    }

    /** Whether a publication on this channel has come and was not taken. */
    final boolean waiting(String channel) {
        synchronized (inbox) {
            return inbox.stream()
                    .anyMatch(message -> message.path("push").has("pub")
                            && channel.equals(
                                    message.path("push").path("channel").asText()));
        }
    }

    /** Fails if a publication on this channel has come or comes within the time. */
    final void silent(String channel, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        synchronized (inbox) {
            while (true) {
                assertThat(inbox)
                        .noneMatch(message -> channel.equals(
                                message.path("push").path("channel").asText()));
                long millis = (end - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    return;
                }
                doWait(millis);
            }
        }
    }

    final Close awaitClose() {
        return awaitClose(PATIENCE);
    }

    final Close awaitClose(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        synchronized (inbox) {
            while (close == null) {
                pause(end, "the end of the connection");
            }
            return close;
        }
    }

    private void pause(long end, String what) {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new AssertionError("did not get " + what + "; left: " + inbox);
        }
        doWait(millis);
    }

    private void doWait(long millis) {
        try {
            inbox.wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
